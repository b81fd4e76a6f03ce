import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RuleError, RulesStopped } from '../../src/packet-rules/rules/errors.ts';
import type { RuleLimits } from '../../src/packet-rules/rules/limits.ts';
import { frame } from '../packets/frames.ts';
import { runOn, runRules, talk, tcpHelpers } from './running.ts';

const limits: RuleLimits = {
  call: { instructions: 1_000_000, milliseconds: 60_000 },
  memory: 16 * 1024 * 1024,
};

const loops: Readonly<Record<string, string>> = {
  'an endless loop': 'while true do end',
  'one under pcall': 'while true do pcall(function() while true do end end) end',
  'one in a coroutine, under pcall':
    'while true do coroutine.resume(coroutine.create(function() pcall(function() while true do end end) end)) end',
  'a pattern that takes for ever': "string.find(string.rep('a', 30000), '.-.-.-.-b')",
  'packets without end': 'while true do pcall(haka.packet.new, 60000) end',
  'objects without end': 'while true do local f = pkt.flags f.ack = true end',
};

for (const [name, code] of Object.entries(loops)) {
  test(`${name} ends the run, and says where`, () => {
    assert.throws(
      () => runOn('tcp-up', code, talk(), { limits }),
      (error) =>
        error instanceof RulesStopped &&
        /^.*rules\.lua:4: a rule took more instructions than it may: see --instructions$/.test(error.message),
    );
  });
}

test('an endless loop in the file itself, and below a hook that a rule has fired', () => {
  assert.throws(() => runRules('while true do end', [], { limits }), RulesStopped);
  const nested = `${tcpHelpers}
    haka.dissector{ name = 'other', hooks = { 'other-hook' }, dissect = function() end }
    haka.rule{ hooks = { 'other-hook' }, eval = function() while true do end end }
    haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt) haka.rule_hook('other-hook', pkt) end }`;
  assert.throws(() => runRules(nested, talk(), { limits }), RulesStopped);
});

test('too much memory ends the run, unless the rule gives it back', () => {
  const greedy = "local all = {} while true do all[#all + 1] = string.rep('x', 100000) .. #all end";
  const few = { ...limits, call: { ...limits.call, instructions: 50_000_000 } };
  assert.throws(
    () => runOn('tcp-up', greedy, talk(), { limits: few }),
    (error) => error instanceof RulesStopped && /took more memory than .* see --memory$/.test(error.message),
  );
  const caught = `print(pcall(function() ${greedy} end))`;
  const { lines } = runOn('tcp-up', caught, talk().slice(0, 1), { limits: few });
  assert.deepEqual(lines, ['false not enough memory']);
});

test('a rule that goes too deep is an error like others', () => {
  const { lines, passed } = runOn('tcp-up', 'local function f() return 1 + f() end f()', talk().slice(0, 1));
  assert.equal(passed.length, 0);
  assert.match(lines[0] ?? '', /^error core: .*stack overflow/);
});

test('a file that is not Lua can not be loaded', () => {
  assert.throws(
    () => runRules('x x', []),
    (error) => error instanceof RuleError && /syntax error/.test(error.message),
  );
  assert.throws(() => runRules('\x1bLuaS', []), RuleError);
});

test('headers that a rule breaks are errors for what stands on them, and the packet still leaves', () => {
  const { lines, passed } = runOn(
    'tcp-up',
    `local payload = pkt.payload
     pkt.ip.hdr_len = 60
     for _, use in ipairs{
       function() pkt.seq = 1 end, function() payload:resize(5) end,
       function() payload[1] = 1 end, function() return #payload end,
     } do print(pcall(use)) end
     print(#pkt.ip.payload) pkt.ip.len = 3`,
    talk().slice(0, 1),
  );
  for (const line of lines.slice(0, 4))
    assert.match(line, /^false .*this packet has no TCP header any more$/);
  assert.equal(lines[4], '0');
  assert.equal(lines.length, 5);
  assert.equal(passed.length, 1);
});

test('a packet of which a rule makes something else than TCP leaves as that', () => {
  for (const [hook, tcp] of [
    ['tcp-up', 'pkt'],
    ['tcp-connection-new', 'pkt.tcp'],
  ] as const) {
    for (const code of ['ip.proto = 17', 'ip.payload:resize(10)', 'ip.flags.mf = true']) {
      const { lines, passed } = runOn(hook, `${tcp}.${code}`, talk().slice(0, 1));
      assert.deepEqual([lines, passed.length], [[], 1], `${hook}: ${code}`);
    }
  }
});

test('every function of the library takes any arguments without harm', () => {
  const code = `
    local seen, values = {}, { pkt, pkt.ip, pkt.flags, pkt.payload, pkt.ip.raw, -1, 1e300, 0/0, 'x', {}, print, true }
    local function try(f, ...) pcall(f, ...) for _, v in ipairs(values) do pcall(f, v, ...) pcall(f, ..., v) end end
    local names = { 'create', 'new', 'send', 'resize', 'push', 'pop', 'insert', 'erase', 'mark', 'seek', 'unmark', 'read',
      'advance', 'init', 'seq', 'ack', 'stream', 'close', 'contains', 'forge', 'valid', 'newconnection', 'getconnection',
      'compute_checksum', 'verify_checksum', 'accept', 'drop', 'data', 'length', 'payload', 'flags', 'next_dissector' }
    local function walk(t) for k, v in pairs(t) do
      if type(v) == 'function' and k ~= 'on_exit' then try(v) elseif type(v) == 'table' and not seen[v] then seen[v] = true walk(v) end
    end end
    walk(haka) walk(ipv4) walk(tcp)
    local objects = { pkt, pkt.ip, pkt.flags, pkt.payload, pkt.ip.raw, tcp.tcp_stream(), ipv4.addr('1.2.3.4'), haka.buffer(4) }
    for _, object in ipairs(objects) do for _, name in ipairs(names) do
      pcall(function() try(object[name], object) end)
      for _, v in ipairs(values) do pcall(function() object[name] = v end) pcall(function() object[v] = 1 end) end
    end end`;
  const { lines } = runOn('tcp-up', `${code}\nprint('through')`, [frame({ flags: 2 })]);
  assert.ok(lines.includes('through'));
});
