import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { type Segment, tcpOf } from '../packets/frames.ts';
import { type Ran, runOn, runRules, tcpHelpers } from './running.ts';

const request = 'GET /secret';

/** A client that sends a request; `reached` is how much of it the server has got, and acknowledges. */
function exchange(reached: number): readonly Segment[] {
  const end = 101 + request.length;
  return [
    { sequence: 100, flags: Flag.syn },
    { isFromClient: false, sequence: 500, acknowledgement: 101, flags: Flag.syn | Flag.ack, time: 1 },
    { sequence: 101, acknowledgement: 501, time: 2 },
    { sequence: 101, acknowledgement: 501, payload: Buffer.from(request), time: 3 },
    { isFromClient: false, sequence: 501, acknowledgement: 101 + reached, time: 4 },
    { sequence: end, acknowledgement: 501, flags: Flag.fin | Flag.ack, time: 5 },
    {
      isFromClient: false,
      sequence: 501,
      acknowledgement: 102 + reached,
      flags: Flag.fin | Flag.ack,
      time: 6,
    },
    { sequence: end + 1, acknowledgement: 502, time: 7 },
  ];
}

const erasing = `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
  if pkt.direction and pkt.stream:available() > 0 then pkt.stream:advance(5) pkt.stream:erase(4) end
end }`;
const inserting = erasing.replace('erase(4)', "insert('most ')");

/** What the server acknowledges, as it leaves; the request begins at 0. */
function acknowledged({ passed }: Ran): number[] {
  return passed
    .map(tcpOf)
    .filter(({ sourcePort, flags }) => sourcePort === 80 && (flags & Flag.syn) === 0)
    .map(({ acknowledgement }) => acknowledgement - 101);
}

function ends({ lines }: Ran): string[] {
  return lines.filter((line) => /(?:closing|dropping) connection/.test(line));
}

const closing = ['debug tcp-connection: closing connection 10.0.0.1:40000 -> 192.0.2.1:80'];
const told = 'info  tcp-connection: acknowledgements are read as those of the edited text: see --acks';

for (const [name, rules, change] of [
  ['erase', erasing, -4],
  ['insert', inserting, 5],
] as const) {
  const [captured, edited] = [request.length, request.length + change];

  test(`rules that ${name}, in a recording of the captured text`, () => {
    const auto = runRules(rules, exchange(captured), { level: 'debug' });
    assert.deepEqual(acknowledged(auto), [edited, edited + 1]);
    assert.deepEqual(ends(auto), closing);
    assert.deepEqual(runRules(rules, exchange(captured)).lines, []);
    const stated = runRules(rules, exchange(captured), { level: 'debug', acknowledgements: 'captured' });
    assert.deepEqual(acknowledged(stated), [edited, edited + 1]);
  });

  test(`rules that ${name}, in one that was taken beside an editor`, () => {
    const auto = runRules(rules, exchange(edited), { level: 'debug' });
    assert.deepEqual(acknowledged(auto), [captured, captured + 1]);
    assert.deepEqual(ends(auto), closing);
    assert.deepEqual(runRules(rules, exchange(edited)).lines, [told]);
    const stated = runRules(rules, exchange(edited), { level: 'debug', acknowledgements: 'edited' });
    assert.deepEqual(acknowledged(stated), [captured, captured + 1]);
    assert.equal(stated.lines.includes(told), false);
  });
}

test('two FINs and an acknowledgement end a connection, also where acknowledgements are read wrongly', () => {
  for (const rules of [erasing, inserting]) {
    for (const acknowledgements of ['captured', 'edited'] as const) {
      for (const reached of [request.length, request.length - 4, request.length + 5]) {
        const ran = runRules(rules, exchange(reached), { level: 'debug', acknowledgements });
        assert.deepEqual(ends(ran), closing);
      }
    }
  }
});

test('so they do where a rule has written other numbers into the headers', () => {
  const rules = `${tcpHelpers}haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt)
    if pkt.srcport == 80 and pkt.flags.fin then pkt.ack_seq = pkt.ack_seq - 3 end
  end }`;
  assert.deepEqual(ends(runRules(rules, exchange(request.length), { level: 'debug' })), closing);
});

test('a reset behind edits ends a connection in both readings', () => {
  for (const [acknowledgements, reached] of [
    ['captured', request.length],
    ['edited', request.length + 5],
  ] as const) {
    const reset = { sequence: 101 + request.length, flags: Flag.rst, time: 5 };
    const ran = runRules(inserting, [...exchange(reached).slice(0, 5), reset], {
      level: 'debug',
      acknowledgements,
    });
    assert.match(ends(ran).join(), /dropping connection/);
  }
});

test('stream:ack() of a rule that has streams of its own is right in both readings', () => {
  const code = `haka.disable_dissector('tcp-connection')
    if pkt.flags.syn and not pkt.flags.ack then stream = tcp.tcp_stream() stream:init(pkt.seq + 1) return end
    if pkt.srcport == 80 then stream:ack(pkt) return end
    if pkt.flags.fin then stream:seq(pkt) return end
    stream:push(pkt)
    if stream:available() > 0 then stream:advance(5) stream:erase(4) end
    repeat until not stream:pop()`;
  const { length } = request;
  for (const [reached, expected] of [
    [length, [length - 4, length - 4 + 1]],
    [length - 4, [length, length + 1]],
  ] as const) {
    assert.deepEqual(acknowledged(runOn('tcp-up', code, exchange(reached))), expected);
  }
});
