import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRules, talk, tcpHelpers } from './running.ts';

const syn = talk().slice(0, 1);

test('what is no packet, or is one no more, can not come of a dissector of rules', () => {
  for (const given of ["ipv4.addr('1.2.3.4')", 'below.connection', 'below.stream', 'old.ip']) {
    for (const code of [
      `return ${given}`,
      `return { dissector = 'mine', valid = print, drop = print, forge = function() return ${given} end }`,
    ]) {
      const { lines } = runRules(
        `${tcpHelpers}local old
         haka.dissector{ name = 'mine', dissect = function(below) ${code} end }
         haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt)
           old = old or { ip = pkt.tcp.ip } pkt.next_dissector = 'mine'
         end }
         haka.rule{ hooks = { 'raw-up' }, eval = function() print('next') end }`,
        talk().slice(0, 4),
      );
      assert.equal(lines.filter((line) => line === 'next').length, 4, code);
      assert.ok(
        lines.some((line) => /^error core: .*(expected, got|is gone)/.test(line)),
        code,
      );
    }
  }
});

for (const [name, broken] of [
  ['valid', "function data:valid() error('broken') end"],
  ['drop', "function data:drop() error('broken') end function data:forge() error('broken') end"],
  ['forge', "function data:forge() error('broken') end"],
  ['next_dissector', "setmetatable(data, { __index = function() error('broken') end })"],
] as const) {
  test(`errors in what a dissector of rules gives are told, and the run goes on: ${name}`, () => {
    const { lines } = runRules(
      `${tcpHelpers}haka.dissector{ name = 'mine', dissect = function(below)
         local data = { dissector = 'mine' }
         function data:valid() return true end
         function data:drop() below:drop() end
         function data:forge() local under = below below = nil return under end
         ${broken}
         return data
       end }
       haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt) pkt.next_dissector = 'mine' end }
       haka.rule{ hooks = { 'mine-up' }, eval = function() end }
       haka.rule{ hooks = { 'raw-up' }, eval = function() print('next') end }`,
      talk().slice(0, 4),
    );
    assert.equal(lines.filter((line) => line === 'next').length, 4);
    const others = lines.filter((line) => line !== 'next');
    assert.ok(others.length > 0);
    for (const line of others) assert.match(line, /^error core: .*broken$/);
  });
}

test('haka.rule_hook takes a packet, and says what else it got', () => {
  const { lines } = runRules(
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt)
       for _, given in ipairs{ 5, 'x', true, ipv4.addr('1.2.3.4') } do print(pcall(haka.rule_hook, 'mine', given)) end
       print(pcall(haka.rule_hook, 'mine'))
       local data = { valid = function() return true end }
       for _ = 1, 5000 do pcall(haka.rule_hook, 'mine', data) end
       print(pcall(haka.rule_hook, 'mine', data))
     end }`,
    syn,
  );
  assert.equal(lines.length, 6);
  for (const line of lines)
    assert.match(line, /^false .*(number|string|boolean|userdata|needs a packet|too much of one packet)/);
});

test('dissectors of rules that go round in a circle come to an end', () => {
  for (const circle of [
    "data.next_dissector = 'mine'",
    'function data:forge() return self end',
    'function data:forge() return below end',
    'data = below',
    'local function again() return setmetatable({ forge = again }, { __index = data }) end data.forge = again',
  ]) {
    const { lines } = runRules(
      `${tcpHelpers}haka.dissector{ name = 'mine', dissect = function(below)
         local data = { dissector = 'mine' }
         function data:valid() return true end
         function data:drop() end
         function data:forge() end
         ${circle}
         return data
       end }
       haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt) pkt.next_dissector = 'mine' end }`,
      talk().slice(0, 4),
    );
    assert.ok(lines.includes('error core: dissectors have made too much of one packet'), circle);
  }
});
