import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flag } from '../../src/packets/headers/tcp.ts';
import type { Packet } from '../../src/packets/packet.ts';
import { nothing, SERVER_PORT, type Segment, tcpOf } from '../packets/frames.ts';
import { Receiver } from '../packets/receiver.ts';
import { runOn, runRules, talk, tcpHelpers } from './running.ts';

function hexOf(packets: readonly Packet[]): string[] {
  return packets.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
}

/** What server and client put together of a conversation whose first numbers are 100 and 500. */
function received(packets: readonly Packet[]): { server: string; client: string } {
  const [server, client] = [new Receiver(100), new Receiver(500)];
  for (const packet of packets) {
    const tcp = tcpOf(packet);
    assert.equal(tcp.verifyChecksum(), true);
    (tcp.destinationPort === SERVER_PORT ? server : client).take(tcp);
  }
  return {
    server: Buffer.from(server.text()).toString('latin1'),
    client: Buffer.from(client.text()).toString('latin1'),
  };
}

test('rules that change nothing let everything pass as it came', () => {
  const plain = runRules('', talk());
  for (const rules of [
    tcpHelpers,
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-up' }, eval = function() end }`,
  ]) {
    const ran = runRules(rules, talk());
    assert.deepEqual(hexOf(ran.passed), hexOf(plain.passed));
    assert.deepEqual(ran.lines, []);
  }
  assert.equal(plain.passed.length, 8);
});

test('a connection has its ends, and data that stay', () => {
  const { lines } = runOn(
    'tcp-connection-up',
    `local c = pkt.connection
     print(c.srcip, c.dstip, c.srcport, c.dstport, pkt.direction, c.data.count)
     c.data.count = (c.data.count or 0) + 1`,
    talk().slice(0, 5),
  );
  assert.deepEqual(lines, [
    '10.0.0.1 192.0.2.1 40000 80 true nil',
    '10.0.0.1 192.0.2.1 40000 80 true 1',
    '10.0.0.1 192.0.2.1 40000 80 false 2',
  ]);
});

test('newconnection and the three results of getconnection', () => {
  const { lines } = runOn(
    'tcp-up',
    `haka.disable_dissector('tcp-connection')
     print(pkt:getconnection())
     if pkt.flags.syn and not pkt.flags.ack then
       local c = pkt:newconnection()
       c.data = 7
       print(c.srcport, c.data, pkt:getconnection() == c)
       print(pcall(function() pkt:newconnection() end))
     elseif pkt.flags.fin and pkt.srcport ~= 80 then
       pkt:getconnection():drop()
       print(pkt:getconnection())
     end`,
    [...talk().slice(0, 3), ...talk().slice(5, 7)],
  );
  assert.deepEqual(
    lines.map((line) => line.replace(/false .*rules\.lua:\d+: /, 'false ')),
    [
      'nil nil false',
      '40000 7 true',
      'false connection already exists',
      '10.0.0.1:40000 -> 192.0.2.1:80 false false',
      '10.0.0.1:40000 -> 192.0.2.1:80 true false',
      '10.0.0.1:40000 -> 192.0.2.1:80 true false',
      'nil true true',
      'nil false true',
    ],
  );
});

test('a connection that a rule closes is forgotten', () => {
  const { lines } = runOn(
    'tcp-up',
    `haka.disable_dissector('tcp-connection')
     if pkt.flags.syn then pkt:newconnection():close() print(pkt:getconnection()) end`,
    talk().slice(0, 1),
  );
  assert.deepEqual(lines, ['nil nil false']);
});

test('tcp-connection-new: the SYN, no stream, and a dropped one does not begin', () => {
  const seen = runOn('tcp-connection-new', 'print(pkt.tcp.flags.syn, pkt.stream, pkt.direction)', talk());
  assert.deepEqual([seen.lines, seen.passed.length], [['true nil true'], 8]);
  const dropped = runOn('tcp-connection-new', 'pkt:drop()', talk());
  assert.deepEqual([dropped.lines, dropped.passed.length], [[], 0]);
  const failed = runOn('tcp-connection-new', 'error("no")', talk());
  assert.equal(failed.passed.length, 0);
  assert.match(failed.lines.join('\n'), /^error core: .*rules\.lua:4: no$/);
  const reset = runOn('tcp-connection-new', 'pkt:reset()', talk());
  assert.equal(reset.passed.length, 8);
  const syn = runOn('tcp-connection-new', 'pkt.tcp:drop()', talk());
  assert.equal(syn.passed.length, 7);
});

test('drop: this packet and all later ones, without a word', () => {
  const { passed, lines } = runOn(
    'tcp-connection-up',
    `if pkt.stream:available() > 0 then
       print(pkt:valid()) pkt:drop() print(pkt:valid(), pkt.connection.srcport)
     end`,
    talk(),
  );
  assert.deepEqual(lines, ['true', 'false 40000']);
  assert.equal(passed.length, 3);
});

test('a SYN of a dropped connection begins a new one', () => {
  const { lines } = runOn('tcp-connection-new', 'print("new") pkt:drop()', [
    ...talk().slice(0, 3),
    { sequence: 9000, flags: Flag.syn, time: 50 },
  ]);
  assert.deepEqual(lines, ['new', 'new']);
});

test('reset: two RSTs with the numbers that each end waits for, and nothing after them', () => {
  const { passed, lines } = runOn(
    'tcp-connection-up',
    `if pkt.stream:available() == 0 then return end
     if pkt.direction then pkt.stream:insert('well, ') else pkt:reset() print(pkt:valid()) end`,
    talk(),
  );
  assert.deepEqual(lines, ['true']);
  assert.equal(passed.length, 6);
  const resets = passed.slice(4);
  assert.deepEqual(
    resets.map((packet) => [tcpOf(packet).sourcePort, tcpOf(packet).sequence, tcpOf(packet).flags]),
    [
      [40_000, 101 + 'well, hello'.length, Flag.rst],
      [80, 501, Flag.rst],
    ],
  );
  for (const packet of resets) {
    assert.deepEqual([packet.ipv4?.timeToLive, packet.ipv4?.identification, packet.ipv4?.flags], [64, 0, 0]);
    assert.deepEqual([tcpOf(packet).window, tcpOf(packet).acknowledgement], [0, 0]);
    assert.equal(tcpOf(packet).verifyChecksum() && packet.ipv4?.verifyChecksum(), true);
  }
});

test('resets pass the hooks on the way down', () => {
  const { lines } = runRules(
    `${tcpHelpers}
     haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
       if pkt.stream:available() > 0 then pkt:reset() end
     end }
     for _, hook in ipairs{ 'tcp-up', 'tcp-down' } do
       haka.rule{ hooks = { hook }, eval = function(self, pkt)
         if pkt.flags.rst then print(self.hook) end
       end }
     end`,
    talk(),
  );
  assert.deepEqual(lines, ['tcp-down', 'tcp-down']);
});

test('a packet of no connection is told of and dropped', () => {
  const { passed, lines } = runRules(tcpHelpers, [{ sequence: 5, payload: Buffer.from('x') }]);
  assert.equal(passed.length, 0);
  assert.deepEqual(
    lines.filter((line) => !line.startsWith('\ttime')),
    [
      'info  alert: id = 1',
      '\tseverity = low',
      '\tdescription = no connection found for tcp packet',
      '\tsources = {',
      '\t\taddress: 10.0.0.1',
      '\t\tservice: tcp/40000',
      '\t}',
      '\ttargets = {',
      '\t\taddress: 192.0.2.1',
      '\t\tservice: tcp/80',
      '\t}',
    ],
  );
});

test('RST: only the way down sees it, then the connection is over', () => {
  const rst = { sequence: 106, flags: Flag.rst, time: 9 };
  const { passed, lines } = runRules(
    `${tcpHelpers}for _, hook in ipairs{ 'up', 'down' } do
       haka.rule{ hooks = { 'tcp-connection-' .. hook }, eval = function(self, pkt) print(hook, pkt:valid()) end }
     end`,
    [...talk().slice(0, 2), rst, ...talk().slice(3, 4)].map((segment) =>
      segment === rst ? { ...rst, sequence: 101 } : segment,
    ),
  );
  assert.deepEqual(lines, ['down false']);
  assert.equal(passed.length, 3);
});

test('an inserted text reaches the other end, and numbers fit on both sides', () => {
  const { passed } = runOn(
    'tcp-connection-up',
    `local s = pkt.stream
     if s:available() == 0 then return end
     if pkt.direction then s:insert('oh, ') else s:erase(2) s:insert(string.char(0, 255)) end`,
    talk(),
  );
  assert.deepEqual(received(passed), { server: 'oh, hello', client: '\0\xffrld' });
  assert.equal(passed.length, 8);
});

test('what comes with a FIN can be read and changed', () => {
  const packets = [
    ...talk().slice(0, 3),
    { sequence: 101, acknowledgement: 501, flags: Flag.fin | Flag.ack, payload: Buffer.from('end'), time: 3 },
  ];
  const { passed, lines } = runOn(
    'tcp-connection-up',
    "if pkt.stream:available() > 0 then print(tostring(pkt.stream:read())) pkt.stream:insert('.') end",
    packets,
  );
  assert.deepEqual(lines, ['end']);
  assert.deepEqual(received(passed), { server: 'end.', client: '' });
});

test('a later dissector gets the connection: one that is written in Lua', () => {
  const { lines, passed } = runRules(
    `${tcpHelpers}
     haka.dissector{ name = 'line', hooks = { 'line-seen' }, dissect = function(below)
       local data = { dissector = 'line', below = below, next_dissector = nil }
       data.valid = function(self) return self.below:valid() end
       data.drop = function(self) return self.below:drop() end
       data.forge = function(self) local b = self.below self.below = nil return b end
       data.text = tostring(below.stream:read() or 'nothing')
       haka.rule_hook('line-seen', data)
       return data
     end }
     haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt) pkt.next_dissector = 'line' end }
     haka.rule{ hooks = { 'line-seen' }, eval = function(self, pkt) print(self.hook, pkt.text) end }
     haka.rule{ hooks = { 'line-up' }, eval = function(self, pkt)
       print(pkt.text) if pkt.text == 'world' then pkt:drop() end
     end }`,
    talk().slice(0, 5),
  );
  const expected = ['nothing', 'hello', 'world'].flatMap((text) => [`line-seen ${text}`, text]);
  assert.deepEqual(lines, expected);
  assert.equal(passed.length, 4);
});

test('a flood of SYNs takes the room of other SYNs, not of connections that are there', () => {
  const flood = Array.from({ length: 20 }, (_, index) => ({ client: 100 + index, sequence: 7, flags: 2 }));
  const before = talk().slice(0, 3);
  const after = talk().slice(3, 4);
  const rule = 'if pkt.stream:available() > 0 then print(tostring(pkt.stream:read())) end';
  const { passed, lines } = runOn('tcp-connection-up', rule, [...before, ...flood, ...after], {
    connections: 4,
  });
  assert.deepEqual(lines, [
    'warn  tcp-connection: connections take more room than they may: some are given up',
    'hello',
    'warn  tcp-connection: 17 connection(s) were given up',
  ]);
  assert.equal(passed.length, 24);
  const late = [...before, ...flood, { client: 100, sequence: 8, flags: 16 }];
  const evicted = runOn('tcp-connection-up', rule, late, { connections: 4 });
  assert.match(evicted.lines.join('\n'), /no connection found for tcp packet/);
  assert.equal(evicted.passed.length, 23);
});

test('streams begin where the handshake does, whatever was said before it', () => {
  for (const first of [1_000_000, 50, 0xffff_0000, 100]) {
    for (const asks of ['', 'pkt.connection:stream(true) pkt.connection:stream(false)']) {
      const { passed, lines } = runRules(
        `${tcpHelpers}require('protocol/tcp-connection')
         haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt) ${asks} end }
         haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
           local read = pkt.stream:read()
           if read then print(pkt.direction, #read, read[1]) end
         end }`,
        [
          { sequence: first, flags: 2 },
          // Of another connection, which its server thinks still there: RFC 5961, 4.2.
          { isFromClient: false, sequence: 70_000, acknowledgement: 90_000, time: 1 },
          { sequence: 90_000, flags: 4, time: 2 },
          ...talk().map((segment) => ({ ...segment, time: 1000 + (segment.time ?? 0) })),
        ],
      );
      assert.deepEqual(lines, ['true 5 104', 'false 5 119']);
      const said = talk().map(({ sequence, payload = nothing }) => [sequence, payload.length]);
      assert.deepEqual(
        passed.slice(3).map((packet) => [tcpOf(packet).sequence, tcpOf(packet).payloadLength]),
        said,
      );
    }
  }
});

/** What the log says of connections, and what rules print. */
function told(rules: string, packets: readonly Segment[]): string[] {
  return runRules(rules, packets, { level: 'debug' })
    .lines.filter((line) => !/^debug (?:packet|rule):/.test(line))
    .map((line) => line.replace(/: +/, ' '));
}

const ends = '10.0.0.1:40000 -> 192.0.2.1:80';

test('the end of a connection is logged when its last packet has gone, after the hooks of its way down', () => {
  const rules = `${tcpHelpers}
    haka.rule{ hooks = { 'tcp-connection-up', 'tcp-connection-down' }, eval = function(self, pkt)
      if pkt.connection.data.fins == 2 then print(self.hook) end
    end }
    haka.rule{ hooks = { 'tcp-down' }, eval = function(self, pkt)
      local c = pkt:getconnection()
      if c and pkt.flags.fin then c.data.fins = (c.data.fins or 0) + 1 end
    end }`;
  assert.deepEqual(told(rules, talk()), [
    ...[`debug tcp-connection opening connection ${ends}`],
    ...['tcp-connection-up', 'tcp-connection-down'],
    ...[`debug tcp-connection closing connection ${ends}`],
  ]);
  const reset: Segment = { sequence: 106, acknowledgement: 501, flags: Flag.rst | Flag.ack, time: 9 };
  assert.deepEqual(told(rules, [...talk().slice(0, 4), reset]), [
    ...[
      `debug tcp-connection opening connection ${ends}`,
      `debug tcp-connection dropping connection ${ends}`,
    ],
  ]);
});

test('what a rule drops is dropped, and logged, when all hooks of the packet have run', () => {
  const rules = `${tcpHelpers}
    haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
      if pkt.stream:available() == 0 then return end
      pkt:drop() print('dropped', pkt:valid(), pkt.connection.data ~= nil)
    end }
    haka.rule{ hooks = { 'tcp-connection-down' }, eval = function(self, pkt) print(self.hook, pkt:valid()) end }`;
  assert.deepEqual(
    told(
      rules,
      talk()
        .slice(3, 5)
        .toSpliced(0, 0, ...talk().slice(0, 2)),
    ),
    [
      ...[`debug tcp-connection opening connection ${ends}`],
      ...['dropped false true', 'tcp-connection-down false'],
      ...[`debug tcp-connection dropping connection ${ends}`],
    ],
  );
});

test('a dissector above does not get the packet that ends the connection', () => {
  const rules = `${tcpHelpers}
    haka.dissector{ name = 'above', dissect = function(below)
      return { dissector = 'above', valid = function() return below:valid() end, drop = function() below:drop() end,
        forge = function(self) local b = below below = nil return b end }
    end }
    haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt) pkt.next_dissector = 'above' end }
    haka.rule{ hooks = { 'tcp-connection-up', 'above-up', 'above-down' }, eval = function(self) print(self.hook) end }`;
  const { lines } = runRules(rules, talk());
  assert.deepEqual(lines.slice(-4), ['tcp-connection-up', 'above-up', 'above-down', 'tcp-connection-up']);
});
