import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run, scriptState } from '../lua/lua.ts';
import { hostile } from './hostile-cases.ts';

/** Far more than all of them take: what is not bounded is killed, and fails. */
const killAfter = 60_000;

test('whatever a script does, it ends and the state goes on', () => {
  const program = fileURLToPath(new URL('hostile-process.ts', import.meta.url));
  const { stdout, signal, stderr } = spawnSync(process.execPath, [program], {
    timeout: killAfter,
    encoding: 'utf8',
  });
  assert.equal(signal, null, 'a hostile script was not stopped');
  assert.equal(stderr, '');
  const results: Record<string, readonly string[]> = JSON.parse(stdout);
  for (const [name, [, expected]] of Object.entries(hostile)) {
    const [ending = 'missing', after] = results[name] ?? [];
    assert.match(ending, expected, name);
    assert.equal(after, '42', name);
  }
});

test('a library function takes as many instructions as it loops', () => {
  const state = scriptState();
  const ends = (code: string, instructions: number): boolean =>
    run(state, code, [], { instructions, milliseconds: 60_000 }).every(
      (result) => !result.startsWith('overrun'),
    );
  for (const [code, work] of [
    ['("a"):rep(1000):find(".-b")', 100_000],
    ['("a"):rep(1000):gsub("a", "b")', 1000],
    ['table.move({}, 1, 1000, 2)', 1000],
    ['table.sort({7, 3, 9, 1, 4, 2, 8, 5, 6})', 50],
    [
      'table.concat(setmetatable({}, {__len = function() return 1000 end, __index = function(_, key) return key end}))',
      1000,
    ],
    ['("x"):rep(100000, "y")', 10_000],
  ] as const) {
    assert.ok(!ends(code, work), `${code} within ${work}`);
    assert.ok(ends(code, work * 40), `${code} not within ${work * 40}`);
  }
});

test('memory is bounded by the limit, and given back', () => {
  const state = scriptState(1024 * 1024);
  const ample = { instructions: 1e9, milliseconds: 60_000 };
  for (const code of [
    'local s = "x" while true do s = s .. s end',
    'local t = {} while true do t[#t + 1] = {} end',
  ]) {
    const [ending = ''] = run(state, code, [], ample);
    assert.match(ending, /^memory: not enough memory/);
    assert.ok(state.meter.memoryUsed <= state.meter.memoryLimit);
    state.collectGarbage();
    assert.ok(state.meter.memoryUsed < 100_000, `${state.meter.memoryUsed}`);
  }
});

test('no table is weak and nothing is finalized, however late the metatable asks for it', () => {
  const state = scriptState();
  const code = `m = {} w = setmetatable({}, m) m.__mode = "kv" m.__gc = function() finalized = true end
    w[1] = {} w[{}] = 1 setmetatable(w, m)`;
  assert.match(run(state, code).join(), /^error: .*__gc is not available/);
  assert.deepEqual(run(state, 'm.__gc = nil return pcall(setmetatable, w, m)'), [
    'false',
    "'__mode is not available'",
  ]);
  assert.deepEqual(run(state, 'm.__mode = nil setmetatable(w, m) m.__mode = "kv" m.__gc = error'), []);
  state.collectGarbage();
  state.collectGarbage();
  const count = 'local n = 0 for k in pairs(w) do n = n + 1 end w = nil return n, finalized';
  assert.deepEqual(run(state, count), ['2', 'nil']);
  state.collectGarbage();
  assert.deepEqual(run(state, 'return finalized'), ['nil']);
});
