import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureFile } from '../../src/packets/capture/files.ts';
import { Flag } from '../../src/packets/headers/tcp.ts';
import type { Packet } from '../../src/packets/packet.ts';
import { rounds } from '../campaign.ts';
import { type Case, capture, conversation, edited, type Side } from '../packets/edited-conversations.ts';
import { SERVER_PORT, type Segment, tcpOf } from '../packets/frames.ts';
import { Noise } from '../packets/noise.ts';
import { Receiver } from '../packets/receiver.ts';
import { fields, followed, inDirectory, withTshark } from '../packets/tshark.ts';
import fc from '../property.ts';
import { runOn, runRules, talk, tcpHelpers } from './running.ts';

const open = talk().slice(0, 3);
function says(sequence: number, text: string): Segment {
  return {
    sequence,
    acknowledgement: 501,
    payload: Buffer.from(text),
    time: sequence,
  };
}

function serverGets(packets: readonly Packet[]): string {
  const server = new Receiver(100);
  for (const packet of packets) if (tcpOf(packet).destinationPort === SERVER_PORT) server.take(tcpOf(packet));
  return Buffer.from(server.text()).toString('latin1');
}

test('available, read, getchar and advance', () => {
  const { lines } = runOn(
    'tcp-connection-up',
    `local s = pkt.stream
     if s:available() == 0 then print(s:read(), s:getchar(), s:advance(3)) return end
     local b = s:read(2)
     print(#b, b[1], string.char(b[2]), s:available())
     print(s:getchar(), s:advance(1), s:available(), #s:read(), s:available())`,
    [...open, says(101, 'hello')],
  );
  assert.deepEqual(lines, ['nil -1 0', '2 104 e 3', '108 1 1 1 0']);
});

test('buffers can be written, and inserted', () => {
  const { passed } = runOn(
    'tcp-connection-up',
    `if pkt.stream:available() == 0 then return end
     local b = haka.buffer(3) b[1] = 65 b[2] = 321 b[3] = 0
     pkt.stream:advance(2) pkt.stream:insert(b)`,
    [...open, says(101, 'hello')],
  );
  assert.equal(serverGets(passed), 'heAA\0llo');
});

test('erase gives how many, across segments', () => {
  const { passed, lines } = runOn(
    'tcp-connection-up',
    `local s = pkt.stream
     if s:available() > 0 then print(s:available(), s:erase(6), s:available()) end`,
    [...open, says(105, 'efgh'), says(101, 'abcd')],
  );
  assert.deepEqual(lines, ['8 6 2']);
  assert.equal(serverGets(passed), 'gh');
});

test('a mark holds back, and seek goes back to it', () => {
  const { passed, lines } = runOn(
    'tcp-connection-up',
    `local s, d = pkt.stream, pkt.connection.data
     if s:available() == 0 then return end
     if d.mark then
       s:seek(d.mark, true) print(tostring(s:read())) s:insert('!') d.mark = nil
     else d.mark = s:mark() s:advance(s:available()) end`,
    [...open, says(101, 'abc'), says(104, 'def')],
  );
  assert.deepEqual(lines, ['abcdef']);
  assert.equal(serverGets(passed), 'abcdef!');
});

test('unmark lets go, and a mark is of no use then', () => {
  const { passed, lines } = runOn(
    'tcp-connection-up',
    `local s = pkt.stream
     if s:available() == 0 then return end
     local mark = s:mark() s:unmark(mark) print(pcall(function() s:seek(mark) end))`,
    [...open, says(101, 'abc')],
  );
  assert.match(lines.join(), /^false .*this tcp_stream_mark is gone: it can't be used any more$/);
  assert.equal(serverGets(passed), 'abc');
});

test('what a mark holds at the end of the capture goes', () => {
  const { passed } = runOn('tcp-connection-up', 'if pkt.stream:available() > 0 then pkt.stream:mark() end', [
    ...open,
    says(101, 'abc'),
  ]);
  assert.equal(serverGets(passed), 'abc');
});

test('init, push, pop, seq, ack and lastseq of a stream of its own', () => {
  const { passed, lines } = runOn(
    'tcp-up',
    `haka.disable_dissector('tcp-connection')
     if pkt.flags.syn then stream = tcp.tcp_stream() stream:init(pkt.seq + 1) print(stream.lastseq) return end
     if pkt.flags.fin then stream:seq(pkt) return end
     if pkt.srcport == 80 then stream:ack(pkt) return end
     stream:push(pkt)
     stream:insert('<')
     local popped = stream:pop()
     print(popped == pkt, popped.seq, #popped.payload, stream:pop(), stream.lastseq)`,
    [
      { sequence: 100, flags: 2 },
      says(101, 'abc'),
      { isFromClient: false, sequence: 501, acknowledgement: 104, time: 105 },
      { sequence: 104, flags: 17, time: 106 },
    ],
  );
  assert.deepEqual(lines, ['101', 'true 101 4 nil 105']);
  assert.deepEqual(
    passed.slice(2).map((packet) => [tcpOf(packet).sequence, tcpOf(packet).acknowledgement]),
    [
      [501, 105],
      [105, 0],
    ],
  );
});

test('the stream of either direction of a connection', () => {
  const { lines } = runOn(
    'tcp-connection-up',
    'print(pkt.stream == pkt.connection:stream(true), pkt.stream == pkt.connection:stream(false))',
    talk().slice(0, 5),
  );
  assert.deepEqual(lines, ['true false', 'true false', 'false true']);
});

test('pass-through mode: rules read and drop, and change nothing', () => {
  const rules = `if pkt.stream:available() == 0 then return end
     print(haka.packet.mode() == haka.packet.PASSTHROUGH, tostring(pkt.stream:read()))
     print(pcall(function() pkt.stream:insert('x') end))
     print(pcall(function() pkt.stream:erase(1) end))
     print(pcall(function() pkt.stream:mark() end))
     print(pcall(function() pkt.stream:mark(true) end))`;
  const packets = [...open, says(101, 'abc')];
  const { passed, lines } = runOn('tcp-connection-up', rules, packets, { isPassThrough: true });
  assert.equal(lines[0], 'true abc');
  for (const line of lines.slice(1, 4)) {
    assert.match(line, /^false .*operation not supported \(pass-through mode\)$/);
  }
  assert.match(lines[4] ?? '', /^true/);
  assert.equal(serverGets(passed), 'abc');
  const dropped = runOn('tcp-connection-up', 'pkt:drop()', packets, { isPassThrough: true });
  assert.equal(dropped.passed.length, 2);
});

test('objects of a packet that is gone are errors, those of a connection stay with it', () => {
  const { lines } = runOn(
    'tcp-connection-up',
    `if not kept then kept = { pkt, pkt.connection, pkt.stream } return end
     print(pcall(function() return kept[1].direction end))
     print(kept[2] == pkt.connection, kept[3] == pkt.connection:stream(true))`,
    talk().slice(0, 4),
  );
  assert.match(lines[0] ?? '', /^false .*this tcp-connection is gone: it can't be used any more$/);
  assert.equal(lines[1], 'true true');
  const after = runRules(
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt) kept = pkt.connection end }
     haka.on_exit(function() print(pcall(function() return kept.data end)) end)`,
    talk(),
  );
  assert.match(after.lines.join(), /^false .*this tcp_connection is gone: it can't be used any more$/);
});

function luaBytes(bytes: Uint8Array): string {
  return `'${[...bytes].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}'`;
}

function luaEdits({ edits }: Side): string {
  return `{ ${edits.map(({ at, erased, inserted }) => `{ ${at}, ${erased}, ${luaBytes(inserted)} }`).join(', ')} }`;
}

/** Makes the edits of both sides where they are due, whatever comes in one piece. */
function editingRules({ client, server }: Case): string {
  return `${tcpHelpers}
local edits = { [true] = ${luaEdits(client)}, [false] = ${luaEdits(server)} }
local function step(s, state, list)
  if state.erase > 0 then
    local erased = s:erase(state.erase)
    state.erase, state.at = state.erase - erased, state.at + erased
    return
  end
  local edit = list[state.next]
  local distance = edit and edit[1] - state.at or s:available()
  if not edit or distance >= s:available() then state.at = state.at + #s:read() return end
  state.at = state.at + s:advance(distance)
  s:insert(edit[3])
  state.erase, state.next = edit[2], state.next + 1
end
haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
  local data = pkt.connection.data
  local state = data[pkt.direction] or { at = 0, next = 1, erase = 0 }
  data[pkt.direction] = state
  while pkt.stream:available() > 0 do step(pkt.stream, state, edits[pkt.direction]) end
end }`;
}

const spoken = conversation.map((drawn): Case => ({ ...drawn, holds: false }));

test('what each receiver puts together is the edited stream, whatever was lost, doubled or out of order', () => {
  fc.assert(
    fc.property(spoken, fc.option(fc.nat()), (tried, seed) => {
      const { packets, lost } = capture(tried);
      const options = seed === null ? {} : { noise: new Noise(seed) };
      const { passed, lines } = runRules(editingRules(tried), packets, options);
      assert.deepEqual(lines, []);
      const receivers = [new Receiver(tried.client.initial), new Receiver(tried.server.initial)] as const;
      for (const packet of passed) {
        const tcp = tcpOf(packet);
        assert.equal(tcp.verifyChecksum() && packet.ipv4?.verifyChecksum(), true);
        const isFromClient = tcp.destinationPort === SERVER_PORT;
        const own = receivers[isFromClient ? 0 : 1];
        if (lost.has(packet.time)) own.miss(tcp);
        else own.take(tcp);
        if (tcp.has(16)) receivers[isFromClient ? 1 : 0].checkAcknowledgement(tcp.acknowledgement);
      }
      for (const [index, side] of [tried.client, tried.server].entries()) {
        assert.deepEqual(Buffer.from(receivers[index]?.text() ?? []), Buffer.from(edited(side)));
        assert.equal(receivers[index]?.hasEnded, true);
      }
    }),
    { numRuns: rounds(25, 250) },
  );
});

test('tshark finds what rules have written right', withTshark, () =>
  inDirectory(async (directory) => {
    const tried = fc.sample(spoken, { numRuns: 10, seed: 6 });
    const path = `${directory}/rules.pcap`;
    const file = CaptureFile.create(path, false);
    for (const [index, one] of tried.entries()) {
      const { passed } = runRules(editingRules(one), capture(one, 42_000 + index).packets);
      for (const packet of passed) assert.equal(await file.write(packet), undefined);
    }
    await file.close();
    const judged = fields(
      path,
      ...['ip.checksum.status', 'tcp.checksum.status'],
      ...['tcp.analysis.ack_lost_segment', 'tcp.analysis.lost_segment'],
    );
    assert.ok(judged.length > 100);
    for (const [index, line] of judged.entries())
      assert.deepEqual(line, ['1', '1', '', ''], `packet ${index + 1}`);
    assert.deepEqual(
      followed(path, tried.length),
      tried.map(({ client, server }) =>
        [client, server].map((side) => Buffer.from(edited(side)).toString('hex')),
      ),
    );
  }),
);

test('a server that a forged answer came before is read from where the client has acknowledged it', () => {
  const { lines } = runRules(
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
       local data = pkt.stream:read()
       if data then print(tostring(data)) end
     end }`,
    [
      { flags: Flag.syn, sequence: 1000 },
      { isFromClient: false, flags: Flag.syn | Flag.ack, sequence: 7000, acknowledgement: 1001 },
      { isFromClient: false, flags: Flag.syn | Flag.ack, sequence: 5000, acknowledgement: 1001 },
      { sequence: 1001, acknowledgement: 5001 },
      { isFromClient: false, sequence: 5001, acknowledgement: 1001, payload: Buffer.from('welcome') },
    ],
  );
  assert.deepEqual(lines, ['welcome']);
});

const showing = `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
  if pkt.stream:available() == 0 then return end
  local data = tostring(pkt.stream:read())
  print(pkt.direction, data)
  if data:find('attack') then pkt:drop() end
end }`;
const opened: readonly Segment[] = [
  { flags: Flag.syn, sequence: 1000 },
  { isFromClient: false, flags: Flag.syn | Flag.ack, sequence: 5000, acknowledgement: 1001 },
  { sequence: 1001, acknowledgement: 5001 },
];

test('what stands behind a hole when a connection ends is shown to rules, with a warning', () => {
  const held: readonly Segment[] = [
    { sequence: 1004, acknowledgement: 5001, payload: Buffer.from('asks') },
    { isFromClient: false, sequence: 5011, acknowledgement: 1008, payload: Buffer.from('answers') },
  ];
  const warning =
    'warn  tcp-connection: 13 bytes of 10.0.0.1:40000 -> 192.0.2.1:80 were not captured: rules see what follows without them';
  const ends: readonly (readonly Segment[])[] = [
    // The capture ends; a reset; a FIN of both.
    [],
    [{ flags: Flag.rst | Flag.ack, sequence: 1008, acknowledgement: 5018 }],
    [
      { flags: Flag.fin | Flag.ack, sequence: 1008, acknowledgement: 5018 },
      { isFromClient: false, flags: Flag.fin | Flag.ack, sequence: 5018, acknowledgement: 1009 },
      { sequence: 1009, acknowledgement: 5019 },
    ],
  ];
  for (const end of ends) {
    const packets = [...opened, ...held, ...end];
    const { lines, passed } = runRules(showing, packets);
    assert.deepEqual(lines, [warning, 'true asks', 'false answers']);
    assert.equal(passed.length, packets.length);
  }
});

test('what rules drop when they see it at the end does not leave', () => {
  const { lines, passed } = runRules(showing, [
    ...opened,
    { sequence: 1004, acknowledgement: 5001, payload: Buffer.from('an attack') },
  ]);
  assert.deepEqual(lines.slice(1), ['true an attack']);
  assert.equal(passed.length, opened.length);
});

test('a coroutine for each stream reads it as one text, however it was cut', () => {
  const rules = `${tcpHelpers}
    local function line(stream)
      local text = ''
      while true do
        local byte = stream:getchar()
        if byte == -1 then stream = coroutine.yield() elseif byte == 10 then return text, stream
        else text = text .. string.char(byte) end
      end
    end
    local parsers = {}
    haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
      local data = pkt.connection.data
      data[pkt.direction] = data[pkt.direction] or coroutine.wrap(function(stream)
        while true do
          local text
          text, stream = line(stream)
          print(text)
        end
      end)
      data[pkt.direction](pkt.stream)
    end }`;
  const pieces = ['GET ', '/ HT', 'TP/1.1\nHo', 'st: a\n', '\nGE', 'T /2\n'];
  const packets: Segment[] = [...talk().slice(0, 3)];
  let sequence = 101;
  for (const [index, piece] of pieces.entries()) {
    packets.push({ sequence, acknowledgement: 501, flags: 24, payload: Buffer.from(piece), time: 3 + index });
    sequence += piece.length;
  }
  assert.deepEqual(runRules(rules, packets).lines, ['GET / HTTP/1.1', 'Host: a', '', 'GET /2']);
});
