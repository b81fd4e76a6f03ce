import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coroutineFunctions } from '../../src/lua/library/coroutine-functions.ts';
import { originalState, run, scriptState } from './lua.ts';

const own = scriptState();
const original = originalState();
original.prepare((stack) => {
  stack.pushLibrary('coroutine', stack.instance.lua.luaopen_coroutine);
  stack.drop(1);
});

const ample = { instructions: 10_000_000, milliseconds: 60_000 };

const programs: Readonly<Record<string, string>> = {
  'values go in and out':
    'local co = coroutine.create(function(a, b) local c, d = coroutine.yield(a + b, a * b) return c .. d end) return coroutine.resume(co, 2, 3), select(2, coroutine.resume(co, "x", "y")), coroutine.resume(co)',
  'each status': `local co, inner
    co = coroutine.create(function() inner = coroutine.create(function() return coroutine.status(co) end)
      return coroutine.status(co), select(2, coroutine.resume(inner)) end)
    return coroutine.status(co), select(2, coroutine.resume(co)), coroutine.status(co), coroutine.status(inner)`,
  'an error, which ends it':
    'local co = coroutine.create(function() error("no") end) return coroutine.status(co), coroutine.resume(co), coroutine.status(co), coroutine.resume(co)',
  'an error that is no text':
    'local t = {} local co = coroutine.create(function() error(t) end) local ok, e = coroutine.resume(co) return ok, e == t',
  'an error through wrap':
    'local f = coroutine.wrap(function() error("no") end) return pcall(function() f() end)',
  'wrap that is called once more': 'local f = coroutine.wrap(function() return 1 end) f() return pcall(f)',
  iterators:
    'local sum = 0 for a, b in coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i, i * i) end end) do sum = sum + a * b end return sum',
  'a yield across pcall':
    'local co = coroutine.wrap(function() local ok, e = pcall(function() coroutine.yield(1) error("later") end) coroutine.yield(e) return 3 end) return co(), co(), co()',
  'a yield across metamethods and iterators': `local t = setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end,
      __add = function(a, b) return coroutine.yield("add") end, __call = function(_, v) coroutine.yield(v) end})
    local co = coroutine.wrap(function() local v = t.x t(4) return v, t + 1 end)
    return co(), co("got"), co(), co(7)`,
  'no yield across a function of C':
    'return coroutine.resume(coroutine.create(function() table.sort({1, 2}, function() coroutine.yield() end) end))',
  'nobody resumes one that runs, or itself': `local co co = coroutine.create(function()
      return coroutine.resume(co), select(2, coroutine.resume(coroutine.create(function() return coroutine.resume(co) end))) end)
    return coroutine.resume(co), coroutine.resume(coroutine.running())`,
  'one that is closed': `local log = {}
    local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function(_, e) log[#log + 1] = tostring(e) end}) coroutine.yield() end)
    coroutine.resume(co) return coroutine.close(co), coroutine.status(co), log[1], coroutine.close(co), coroutine.resume(co)`,
  'an error of a handler that closes': `local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() error("shut") end}) coroutine.yield() end)
    coroutine.resume(co) return coroutine.close(co)`,
  'what failed is closed by wrap': `local log = {} local f = coroutine.wrap(function()
      local x <close> = setmetatable({}, {__close = function(_, e) log[1] = e end}) error("no") end)
    return pcall(f), log[1]`,
  'one that runs, or waits for another, is not closed': `local co co = coroutine.create(function()
      return pcall(coroutine.close, co), pcall(coroutine.wrap(function() coroutine.close(co) end)) end)
    return coroutine.resume(co), pcall(coroutine.close, coroutine.running())`,
  'deep in each other':
    'local function f(n) local ok, e = coroutine.resume(coroutine.create(f), n + 1) return ok and e or e end return (f(1))',
  'arguments of the wrong type': `local e = {} for _, name in ipairs{"create", "resume", "wrap", "status", "close"} do
      e[#e + 1] = select(2, pcall(coroutine[name], 7)) end return table.concat(e, "|")`,
  'many values': `local co = coroutine.wrap(function(...) while true do coroutine.yield(select("#", ...)) end end)
    return co(table.unpack({}, 1, 5000)), select("#", coroutine.wrap(function() return table.unpack({}, 1, 5000) end)())`,
  'a generator of permutations': `local function permute(a, n)
      if n == 0 then coroutine.yield(table.concat(a)) else
        for i = 1, n do a[n], a[i] = a[i], a[n] permute(a, n - 1) a[n], a[i] = a[i], a[n] end end end
    local all = {} for p in coroutine.wrap(function() permute({"a", "b", "c", "d"}, 4) end) do all[#all + 1] = p end
    return table.concat(all, " ")`,
};

test("coroutines are those of Lua's own library", () => {
  for (const [name, code] of Object.entries(programs))
    assert.deepEqual(run(own, code), run(original, code), name);
});

test("every function of Lua's own library is replaced", () => {
  const names = (state: typeof own) =>
    run(
      state,
      'local n = {} for k in pairs(coroutine) do n[#n + 1] = k end table.sort(n) return table.concat(n, " ")',
    );
  assert.deepEqual(names(own), names(original));
  const ours = Object.keys(coroutineFunctions).sort().join(' ');
  assert.deepEqual(names(own), [`'${ours}'`]);
});

test('what runs outside of coroutines is the main thread, and can not yield', () => {
  assert.deepEqual(run(own, 'return pcall(coroutine.yield, 1)'), [
    ...['false', "'attempt to yield from outside a coroutine'"],
  ]);
  const code = `local outer, isMain = coroutine.running()
    return type(outer), isMain, coroutine.isyieldable(), coroutine.wrap(function()
      local inner, isInnerMain = coroutine.running()
      return inner ~= outer, isInnerMain, coroutine.isyieldable(), coroutine.isyieldable(outer)
    end)()`;
  assert.deepEqual(run(own, code), ["'thread'", 'true', 'false', 'true', 'false', 'true', 'false']);
});

test('functions of the host find their arguments, and raise their errors, in the coroutine that calls them', () => {
  const code = `local co = coroutine.wrap(function(text)
      local n = 0
      for word in text:gmatch("%a+") do n = n + 1 text = text:gsub(word, coroutine.yield(word)) end
      return text, n, pcall(string.rep)
    end)
    local word = co("one two") local other = co(word:upper()) return other, co(other:upper())`;
  assert.deepEqual(run(own, code), [
    ...["'two'", "'ONE TWO'", '2', 'false'],
    "'bad argument #1 to 'string.rep' (string expected, got no value)'",
  ]);
});

test('a coroutine lives from call to call, and each call has its own budget', () => {
  const few = { instructions: 20_000, milliseconds: 60_000 };
  run(
    own,
    'co = coroutine.wrap(function() local n = 0 while true do for i = 1, 9000 do n = n + 1 end coroutine.yield(n) end end)',
  );
  for (let call = 1; call <= 20; call++)
    assert.deepEqual(run(own, 'return co()', [], few), [String(call * 9000)]);
  assert.match(run(own, 'co() co() co()', [], few).join(), /^overrun: t:1: .*instructions/);
});

test('what an overrun has crossed is neither resumed nor closed, and the state goes on', () => {
  const few = { instructions: 20_000, milliseconds: 60_000 };
  const code = `outer = coroutine.create(function() me = coroutine.running()
      inner = coroutine.create(function() while true do end end) coroutine.resume(inner) end)
    base = coroutine.running() coroutine.resume(outer)`;
  assert.match(run(own, code, [], few).join(), /^overrun: t:2/);
  for (const name of ['outer', 'inner', 'base', 'me']) {
    assert.deepEqual(run(own, `return coroutine.status(${name}), coroutine.resume(${name})`), [
      ...["'normal'", 'false', "'cannot resume non-suspended coroutine'"],
    ]);
    assert.match(run(own, `return pcall(coroutine.close, ${name})`).join(), /^false,'cannot close a normal/);
  }
  assert.deepEqual(run(own, 'return coroutine.wrap(function() return 42 end)()'), ['42']);
});

test('every resume costs, also of code that never runs long enough for the hook', () => {
  const turns = (code: string, instructions: number): number => {
    run(own, 'n = 0');
    assert.match(run(own, code, [], { instructions, milliseconds: 60_000 }).join(), /^overrun/);
    return Number(run(own, 'return n')[0]);
  };
  for (const code of [
    'local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do n = n + 1 f() end',
    'while true do n = n + 1 coroutine.resume(coroutine.create(function() end)) end',
    'while true do n = n + 1 coroutine.close(coroutine.create(function() end)) end',
  ]) {
    const count = turns(code, 100_000);
    assert.ok(count > 50 && count < 1000, `${count}: ${code}`);
  }
});

test('coroutines that were left are collected', () => {
  const state = scriptState(1024 * 1024);
  const code = `for i = 1, 20000 do
      local co = coroutine.create(function() local t = {i} coroutine.yield(t) end) coroutine.resume(co)
    end return "through"`;
  assert.deepEqual(run(state, code, [], ample), ["'through'"]);
  state.collectGarbage();
  assert.ok(state.meter.memoryUsed < 100_000, `${state.meter.memoryUsed}`);
});

test('coroutines that are kept fill the memory, and an error says so', () => {
  const state = scriptState(1024 * 1024);
  const code = 'local all = {} while true do all[#all + 1] = coroutine.create(error) end';
  assert.match(run(state, code, [], ample).join(), /^memory: not enough memory/);
  assert.deepEqual(run(state, `return pcall(function() ${code} end)`, [], ample), [
    'false',
    "'not enough memory'",
  ]);
});

test('coroutines are not closed within the closing of another, however deep the calls', () => {
  const code = `local function deep(k, f) if k == 0 then return f() end return select(2, pcall(deep, k - 1, f)) end
    local closings = 0
    local function chain(n)
      local inner = n > 0 and chain(n - 1)
      local co = coroutine.create(function()
        local x <close> = setmetatable({}, {__close = function()
          closings = closings + 1 deep(190, function() return inner and coroutine.close(inner) end) end})
        coroutine.yield()
      end)
      coroutine.resume(co)
      return co
    end
    return deep(190, function() return coroutine.close(chain(20)) end), closings`;
  assert.deepEqual(run(scriptState(), code), ['true', '1']);
});
