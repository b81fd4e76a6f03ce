import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../src/net/tcp-options.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { Packet } from '../../src/packets/packet.ts';
import { Chunk } from '../../src/packets/streams/chunk.ts';
import { ChunkList } from '../../src/packets/streams/chunk-list.ts';
import { Conversation } from '../../src/packets/streams/conversation.ts';
import { Mark } from '../../src/packets/streams/cursor.ts';
import { MemoryBudget } from '../../src/packets/streams/memory-budget.ts';
import type { TcpStream } from '../../src/packets/streams/tcp-stream.ts';
import { frame, type Segment, tcpOf } from './frames.ts';

const { ack, fin, psh, rst, syn } = Flag;

/** A connection whose client begins at 1000 and whose server at 5000, with what is written of it. */
class Wire {
  readonly both: Conversation;
  readonly written: string[] = [];
  readonly packets: Packet[] = [];

  readonly #version: 4 | 6;

  constructor(budget = new MemoryBudget(), isReadOnly = false, version: 4 | 6 = 4) {
    this.#version = version;
    this.both = new Conversation(budget, isReadOnly);
    this.pass({ flags: syn, sequence: 1000 });
    this.pass({ isFromClient: false, flags: syn | ack, sequence: 5000, acknowledgement: 1001 });
    this.written.length = 0;
    this.packets.length = 0;
  }

  /** Pushes a packet, runs a rule on its stream and writes what may go. */
  pass(segment: Segment, rule: (stream: TcpStream) => void = () => undefined): string {
    const acknowledgement = segment.isFromClient === false ? 1001 : 5001;
    const packet = frame({ version: this.#version, acknowledgement, ...segment });
    return this.passPacket(packet, segment.isFromClient ?? true, rule);
  }

  passPacket(
    packet: Packet,
    isFromClient: boolean,
    rule: (stream: TcpStream) => void = () => undefined,
  ): string {
    const pushed = this.both.push(packet, tcpOf(packet), isFromClient);
    rule(this.both.stream(isFromClient));
    this.drain(isFromClient);
    return pushed;
  }

  drain(isFromClient: boolean): void {
    for (
      let packet = this.both.pop(isFromClient);
      packet !== undefined;
      packet = this.both.pop(isFromClient)
    ) {
      packet.finish();
      this.packets.push(packet);
      this.written.push(describe(packet, isFromClient));
    }
  }

  /** What was written since the last time. */
  get news(): string[] {
    return this.written.splice(0);
  }
}

function describe(packet: Packet, isFromClient: boolean): string {
  const tcp = tcpOf(packet);
  assert.notEqual(tcp.verifyChecksum(), false);
  const flags = Object.entries(Flag)
    .filter(([name, mask]) => name !== 'ack' && tcp.has(mask))
    .map(([name]) => ` ${name}`);
  const text = Buffer.from(tcp.payload).toString('latin1');
  return `${isFromClient ? '>' : '<'} ${tcp.sequence} ${tcp.acknowledgement} ${text.length > 40 ? text.length : `'${text}'`}${flags.join('')}`;
}

function text(value: string): Uint8Array {
  return Buffer.from(value);
}
function readText(stream: TcpStream, count?: number): string {
  return Buffer.from(stream.read(count) ?? []).toString();
}
function marked(mark: ReturnType<TcpStream['mark']>): Mark {
  assert.ok(mark instanceof Mark);
  return mark;
}

test('inserted and erased bytes move what follows in both directions', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('hello') }, (stream) => {
    assert.equal(readText(stream, 2), 'he');
    assert.equal(stream.erase(2), 2);
    assert.equal(stream.insert(text('LLLL')), undefined);
    assert.equal(readText(stream), 'o');
    assert.equal(stream.read(), undefined);
  });
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1006, payload: text('ok') });
  wire.pass({ sequence: 1006, acknowledgement: 5003 });
  wire.pass({ sequence: 1006, acknowledgement: 5003, flags: fin | ack });
  wire.pass({ isFromClient: false, sequence: 5003, acknowledgement: 1007, flags: fin | ack });
  wire.pass({ sequence: 1007, acknowledgement: 5004 });
  assert.deepEqual(wire.news, [
    "> 1001 5001 'heLLLLo'",
    "< 5001 1008 'ok'",
    "> 1008 5003 ''",
    "> 1008 5003 '' fin",
    "< 5003 1009 '' fin",
    "> 1009 5004 ''",
  ]);
});

test('what is not read is forwarded and not seen again', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc') });
  wire.pass({ sequence: 1004, payload: text('def') }, (stream) => assert.equal(readText(stream), 'def'));
});

test('a mark holds back what follows it, and is come back to', () => {
  const wire = new Wire();
  let mark: Mark | undefined;
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => {
    mark = marked(stream.mark());
    assert.equal(readText(stream), 'abc');
  });
  wire.pass({ sequence: 1004, payload: text('def') }, (stream) => assert.equal(readText(stream), 'def'));
  assert.deepEqual(wire.news, []);
  wire.pass({ sequence: 1007, payload: text('ghi') }, (stream) => {
    assert.ok(mark !== undefined);
    assert.equal(stream.seek(mark, true), undefined);
    assert.equal(stream.erase(4), 4);
    assert.equal(readText(stream), 'efghi');
    assert.equal(stream.seek(mark), 'no such mark');
    assert.equal(stream.unmark(mark), 'no such mark');
  });
  assert.deepEqual(wire.news, ["> 1001 5001 'ef'", "> 1003 5001 'ghi'"]);
});

test('a read-only mark lets pass, and what has passed can be read but not changed', () => {
  const wire = new Wire();
  let mark: Mark | undefined;
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => {
    mark = marked(stream.mark(true));
  });
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1004 });
  assert.deepEqual(wire.news, ["> 1001 5001 'abc'", "< 5001 1004 ''"]);
  wire.pass({ sequence: 1004, payload: text('def') }, (stream) => {
    assert.ok(mark !== undefined);
    assert.equal(stream.seek(mark, true), undefined);
    assert.equal(stream.insert(text('x')), 'data already sent');
    assert.equal(stream.erase(1), 'data already sent');
    assert.equal(readText(stream), 'abcdef');
  });
});

test('what is inserted where nothing waits begins the next segment, or makes data of an acknowledgement', () => {
  const wire = new Wire();
  assert.equal(wire.both.client.insert(text('ab')), undefined);
  wire.pass({ sequence: 1001, payload: text('cd') }, (stream) => assert.equal(readText(stream), 'cd'));
  wire.pass({ sequence: 1003 }, (stream) => assert.equal(stream.insert(text('ef')), undefined));
  wire.pass({ sequence: 1003, flags: fin | ack }, (stream) =>
    assert.equal(stream.insert(text('gh')), undefined),
  );
  assert.equal(wire.both.client.insert(text('ij')), 'the stream has ended');
  assert.deepEqual(wire.news, ["> 1001 5001 'abcd'", "> 1005 5001 'ef'", "> 1007 5001 'gh' fin"]);
});

test('data in a FIN and in a SYN can be read and changed', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc'), flags: fin | psh | ack }, (stream) => stream.erase(3));
  assert.deepEqual(wire.news, ["> 1001 5001 '' fin psh"]);
  const fast = new Conversation(new MemoryBudget());
  const first = frame({ flags: syn, sequence: 1000, payload: text('abc') });
  assert.equal(fast.push(first, tcpOf(first), true), 'new');
  assert.equal(readText(fast.client, 3), 'abc');
  fast.client.insert(text('d'));
  const popped = fast.pop(true);
  assert.ok(popped !== undefined);
  popped.finish();
  assert.equal(describe(popped, true), "> 1000 0 'abcd' syn");
});

test('a segment of which all is erased is not written', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => stream.erase(99));
  wire.pass({ sequence: 1004, payload: text('def') });
  assert.deepEqual(wire.news, ["> 1001 5001 'def'"]);
});

test('the first copy of a byte counts, whatever the others say', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc') });
  wire.pass({ sequence: 1001, payload: text('XYZdef') }, (stream) => assert.equal(readText(stream), 'def'));
  wire.pass({ sequence: 1013, payload: text('mno') });
  wire.pass({ sequence: 1010, payload: text('jklMNOp') });
  wire.pass({ sequence: 1007, payload: text('ghi') }, (stream) =>
    assert.equal(readText(stream), 'ghijklmnop'),
  );
  wire.pass({ sequence: 1003, payload: text('QQQ') });
  const bytes = new Map<number, string>();
  for (const packet of wire.packets) {
    const tcp = tcpOf(packet);
    Buffer.from(tcp.payload)
      .toString()
      .split('')
      .forEach((letter, index) => {
        const at = tcp.sequence + index;
        assert.equal(bytes.get(at) ?? letter, letter);
        bytes.set(at, letter);
      });
  }
  assert.equal(
    [...bytes]
      .sort(([one], [other]) => one - other)
      .map(([, letter]) => letter)
      .join(''),
    'abcdefghijklmnop',
  );
});

test('a segment that comes again is written again, with the edits', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => {
    stream.advance(1);
    stream.insert(text('--'));
  });
  assert.equal(wire.pass({ sequence: 1001, payload: text('abc') }), 'repeated');
  assert.equal(wire.pass({ sequence: 1002, payload: text('b') }), 'repeated');
  assert.deepEqual(wire.news, ["> 1001 5001 'a--bc'", "> 1001 5001 'a--bc'", "> 1002 5001 '--b'"]);
});

test('what the receiver has acknowledged is asked after, not sent again', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => stream.erase(1));
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1004 });
  wire.pass({ sequence: 1001, payload: text('abc') });
  wire.pass({ sequence: 1003 });
  assert.deepEqual(wire.news, ["> 1001 5001 'bc'", "< 5001 1003 ''", "> 1002 5001 ''", "> 1002 5001 ''"]);
});

test('sequence numbers go round', () => {
  const both = new Conversation(new MemoryBudget());
  const start = 2 ** 32 - 3;
  both.client.init(start);
  const out: string[] = [];
  const pass = (offset: number, payload: string): void => {
    const packet = frame({ sequence: (start + offset) >>> 0, payload: text(payload) });
    both.push(packet, tcpOf(packet), true);
    both.client.insert(text('+'));
    for (let popped = both.pop(true); popped !== undefined; popped = both.pop(true)) {
      popped.finish();
      out.push(describe(popped, true).slice(2));
    }
  };
  for (const [offset, payload] of [
    [0, 'ab'],
    [2, 'cd'],
    [4, 'ef'],
  ] as const) {
    pass(offset, payload);
  }
  assert.deepEqual(
    out.map((line) => line.replace(/ 0 /, ' ')),
    ["4294967293 '+ab'", "0 '+cd'", "3 '+ef'"],
  );
});

test('a changed packet that grows too long is cut in several, one that was long stays', () => {
  const wire = new Wire();
  const options = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);
  wire.pass({ sequence: 1001, payload: text('abc'), flags: fin | psh | ack, options }, (stream) => {
    stream.insert(new Uint8Array(3000));
  });
  const parts = wire.packets.splice(0);
  assert.deepEqual(wire.news, ['> 1001 5001 1448', '> 2449 5001 1448', '> 3897 5001 107 fin psh']);
  assert.ok(parts.every((part) => readOptions(tcpOf(part).options).length === 1));
  const long = new Wire();
  long.pass({ sequence: 1001, payload: new Uint8Array(9000) }, (stream) => stream.erase(1));
  assert.deepEqual(long.news, ['> 1001 5001 8999']);
});

test('SACK blocks follow the edits', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => stream.insert(text('----')));
  wire.pass({ sequence: 1004, payload: text('def') });
  const block = (left: number, right: number): Uint8Array =>
    Buffer.from([
      1,
      1,
      5,
      10,
      left >>> 24,
      left >>> 16,
      left >>> 8,
      left,
      right >>> 24,
      right >>> 16,
      right >>> 8,
      right,
    ]);
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1001, options: block(1004, 1007) });
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1001, options: block(1004, 1999) });
  const [known, unknown] = wire.packets.slice(-2).map((packet) => readOptions(tcpOf(packet).options));
  assert.deepEqual(known, [{ kind: 'SACK', blocks: [{ left: 1008, right: 1011 }] }]);
  assert.deepEqual(unknown, []);
});

test('resets have the numbers that both ends expect', () => {
  for (const version of [4, 6] as const) {
    const wire = new Wire(undefined, false, version);
    wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => stream.insert(text('--')));
    wire.pass({ isFromClient: false, sequence: 5001, payload: text('xyz') }, (stream) => stream.erase(1));
    const resets = wire.both.reset({ seconds: 1, nanoseconds: 0 });
    resets.forEach((packet) => {
      packet.finish();
    });
    assert.deepEqual(
      resets.map((packet) => describe(packet, tcpOf(packet).destinationPort === 80)),
      ["> 1006 0 '' rst", "< 5003 0 '' rst"],
    );
    const [toServer] = resets;
    assert.ok(toServer !== undefined);
    const like = frame({ version });
    assert.deepEqual([...toServer.bytes.subarray(0, 14)], [...like.bytes.subarray(0, 14)]);
    assert.equal(toServer.ipv4?.source, like.ipv4?.source);
    assert.deepEqual(toServer.ipv6?.source, like.ipv6?.source);
  }
  const wire = new Wire();
  wire.pass({ sequence: 1001, flags: rst });
  assert.deepEqual(wire.news, ["> 1001 5001 '' rst"]);
});

test('a hole that the capture will not fill is passed when the receiver has had it for a while', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => stream.insert(text('--')));
  assert.equal(wire.pass({ sequence: 1007, payload: text('ghi'), time: 10 }), 'ahead');
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1010, time: 20 });
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1010, time: 300 });
  wire.drain(true);
  // It waits for a packet of its own side, whose rules see it.
  assert.deepEqual(wire.news, ["> 1001 5001 '--abc'", "< 5001 1006 ''", "< 5001 1006 ''"]);
  wire.pass({ sequence: 1010, payload: text('jkl'), time: 305 }, (stream) =>
    assert.equal(readText(stream), 'ghijkl'),
  );
  assert.equal(wire.both.client.missed, 3);
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1010, time: 310 });
  wire.pass({ sequence: 1004, payload: text('def'), time: 320 });
  assert.deepEqual(wire.news, [
    "> 1009 5001 'ghi'",
    "> 1012 5001 'jkl'",
    "< 5001 1012 ''",
    "> 1006 5001 'def'",
  ]);
});

test('what the capture has kept of cut data is read and stays, and the rest passes', () => {
  const wire = new Wire();
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => stream.insert(text('--')));
  const whole = frame({ sequence: 1004, acknowledgement: 5001, payload: text('0123456789') });
  const cut = new Packet(new CaptureRecord(1, 0, 0, whole.bytes.length, whole.bytes.slice(0, -4)));
  wire.passPacket(cut, true, (stream) => {
    assert.equal(stream.insert(text('x')), 'data not captured');
    assert.equal(stream.erase(2), 'data not captured');
    assert.equal(readText(stream), '012345');
    assert.equal(stream.missed, 4);
  });
  wire.pass({ sequence: 1014, payload: text('def') }, (stream) => assert.equal(readText(stream), 'def'));
  assert.deepEqual(wire.news, ["> 1001 5001 '--abc'", "> 1006 5001 '012345'", "> 1016 5001 'def'"]);
});

test('in pass-through mode all leaves at once as it came, and nothing can be changed', () => {
  const wire = new Wire(new MemoryBudget(), true);
  wire.pass({ sequence: 1004, payload: text('def') });
  wire.pass({ sequence: 1001, payload: text('abc') }, (stream) => {
    assert.equal(stream.insert(text('x')), 'pass-through mode');
    assert.equal(stream.erase(1), 'pass-through mode');
    assert.equal(stream.mark(), 'pass-through mode');
    assert.equal(readText(stream), 'abcdef');
  });
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 1999 });
  assert.deepEqual(wire.news, ["> 1004 5001 'def'", "> 1001 5001 'abc'", "< 5001 1999 ''"]);
});

test('what waits keeps nothing alive of what it was read with', () => {
  const both = new Conversation(new MemoryBudget());
  const file = new Uint8Array(1_000_000);
  const held = [false, true].map((isAhead) => {
    const { bytes, linkType, seconds, nanoseconds } = frame({
      sequence: isAhead ? 20 : 1,
      payload: Buffer.from('abc'),
    });
    file.set(bytes);
    const view = file.subarray(0, bytes.length);
    const packet = new Packet(new CaptureRecord(linkType, seconds, nanoseconds, view.length, view));
    both.client.mark();
    both.push(packet, tcpOf(packet), true);
    assert.equal(both.pop(true), undefined);
    return packet;
  });
  for (const { bytes } of held) assert.equal(bytes.buffer.byteLength, bytes.length);
});

test('what has arrived is not kept', () => {
  const budget = new MemoryBudget();
  const wire = new Wire(budget);
  const before = budget.used;
  wire.pass({ sequence: 1001, payload: new Uint8Array(1000) });
  assert.ok(budget.used > before + 1000);
  wire.pass({ isFromClient: false, sequence: 5001, acknowledgement: 2001 });
  assert.equal(budget.used - budget.fixed, 0);
  const list = new ChunkList();
  const chunk = new Chunk(0, 0, new Uint8Array(1000), undefined, false);
  list.append(chunk);
  list.send(chunk);
  list.forget(1000, 1000);
  assert.deepEqual([list.last, chunk.bytes.length], [chunk, 0]);
});

test('a packet that has grown while it waits gives back what it took', () => {
  const budget = new MemoryBudget();
  const wire = new Wire(budget);
  const grown = [2001, 1001].map((sequence) => {
    const packet = frame({ sequence, payload: new Uint8Array(1000) });
    wire.both.push(packet, tcpOf(packet), true);
    assert.ok(tcpOf(packet).replacePayload(new Uint8Array(50_000)));
    return packet;
  });
  assert.equal(wire.both.pop(true), grown[1]);
  assert.equal(wire.both.pop(true), grown[0]);
  assert.ok(budget.used - budget.fixed > 2000, `${budget.used - budget.fixed}`);
  const acknowledging = frame({ isFromClient: false, acknowledgement: 3001 });
  wire.both.client.ack(tcpOf(acknowledging), acknowledging.time);
  assert.equal(budget.used, budget.fixed);
});

test('a stream and all streams hold no more than they may', () => {
  const budget = new MemoryBudget(50_000, 20_000);
  const wires = Array.from({ length: 6 }, () => new Wire(budget));
  for (let turn = 0; turn < 100; turn++) {
    for (const [index, wire] of wires.entries()) {
      const at = index % 2 === 0 ? turn : turn + 1;
      wire.pass({ sequence: 1001 + at * 1000, payload: new Uint8Array(1000) }, (stream) => {
        if (turn % 10 === 0) stream.mark();
      });
      assert.ok(budget.used <= budget.limit, `${budget.used}`);
    }
  }
  assert.ok(wires.some((wire) => wire.both.client.hasOverflowed));
  assert.equal(wires[0]?.both.client.insert(new Uint8Array(20_001)), 'no room');
  for (const wire of wires) wire.both.end();
  assert.equal(budget.used, 0);
});

test('the first copy of a byte counts, also where what overlaps it came first', () => {
  const wire = new Wire();
  const text = () => Buffer.from(wire.both.client.read() ?? []).toString();
  wire.pass({ sequence: 1004, payload: Buffer.from('def') });
  wire.pass({ sequence: 1001, payload: Buffer.from('abcDE') }, () => assert.equal(text(), 'abcdef'));
  for (const packet of wire.packets) {
    const { sequence, payload } = tcpOf(packet);
    assert.equal(
      Buffer.from(payload).toString(),
      'abcdef'.slice(sequence - 1001, sequence - 1001 + payload.length),
    );
  }
  assert.equal(wire.packets.length > 0, true);
});
