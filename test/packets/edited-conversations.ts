import assert from 'node:assert/strict';
import { Flag } from '../../src/packets/headers/tcp.ts';
import type { Packet } from '../../src/packets/packet.ts';
import type { Acknowledgements } from '../../src/packets/streams/acknowledgements.ts';
import { Conversation } from '../../src/packets/streams/conversation.ts';
import { Mark } from '../../src/packets/streams/cursor.ts';
import { MemoryBudget } from '../../src/packets/streams/memory-budget.ts';
import type { TcpStream } from '../../src/packets/streams/tcp-stream.ts';
import fc from '../property.ts';
import { CLIENT_PORT, frame, SERVER_PORT, type Segment, tcpOf } from './frames.ts';
import { Receiver } from './receiver.ts';

type Edit = { readonly at: number; readonly erased: number; readonly inserted: Uint8Array };

/** What one side says: its bytes, where they are cut, and what comes again in other pieces. */
export type Side = {
  readonly initial: number;
  readonly data: Uint8Array;
  readonly cuts: readonly number[];
  readonly again: readonly (readonly [number, number])[];
  readonly finWithData: boolean;
  /** What becomes of each segment: also `lost` behind the place of the capture, or `absent` from it; both are repaired. */
  readonly fates: readonly ('arrives' | 'lost' | 'absent')[];
  /** By how much a repair is longer than what it repairs, on both sides. */
  readonly more: number;
  readonly edits: readonly Edit[];
};

const initialNumber = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: 2 ** 32 - 2000, max: 2 ** 32 - 1 }),
);
function bytes(maxLength: number) {
  return fc.uint8Array({ minLength: 1, maxLength });
}

const side: fc.Arbitrary<Side> = fc
  .record({
    initial: initialNumber,
    data: bytes(400),
    cuts: fc.array(fc.nat(400), { maxLength: 12 }),
    again: fc.array(fc.tuple(fc.nat(400), fc.nat(120)), { maxLength: 6 }),
    finWithData: fc.boolean(),
    fates: fc.array(
      fc.constantFrom('arrives' as const, 'arrives' as const, 'lost' as const, 'absent' as const),
      {
        minLength: 1,
        maxLength: 12,
        size: 'max',
      },
    ),
    more: fc.nat(60),
    edits: fc.array(
      fc.record({
        at: fc.nat(399),
        erased: fc.nat(30),
        inserted: fc.uint8Array({ maxLength: 20 }),
      }),
      {
        maxLength: 6,
        size: 'max',
      },
    ),
  })
  .map((drawn) => {
    const edits: Edit[] = [];
    let free = 0;
    for (const edit of [...drawn.edits].sort((one, other) => one.at - other.at)) {
      if (edit.at < free || edit.at >= drawn.data.length) continue;
      const erased = Math.min(edit.erased, drawn.data.length - edit.at);
      edits.push({ ...edit, erased });
      free = edit.at + erased + 1;
    }
    return { ...drawn, edits };
  });

export function edited({ data, edits }: Side): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(data.subarray(at, edit.at), edit.inserted);
    at = edit.at + edit.erased;
  }
  parts.push(data.subarray(at));
  return Buffer.concat(parts);
}

type Sent = Segment & { readonly isLost: boolean };

/** The segments of one side: all its bytes once and some again, with FIN; and the repairs of what did not arrive. */
function segmentsOf(side: Side, isFromClient: boolean): { readonly sent: Sent[]; readonly repairs: Sent[] } {
  const { initial, data, finWithData, fates, more } = side;
  const ends = [...new Set([...side.cuts.filter((cut) => cut > 0 && cut < data.length), data.length])].sort(
    (one, other) => one - other,
  );
  if (!finWithData) ends.push(data.length);
  const segment = (from: number, to: number, isLast: boolean, isLost: boolean): Sent => ({
    isFromClient,
    sequence: (initial + 1 + from) >>> 0,
    flags: Flag.ack | (isLast ? Flag.fin : 0),
    payload: data.subarray(from, to),
    isLost,
  });
  const sent: Sent[] = [];
  const repairs: Sent[] = [];
  for (const [index, end] of ends.entries()) {
    const start = ends[index - 1] ?? 0;
    const isLast = index === ends.length - 1;
    const fate = fates[index % fates.length];
    if (fate !== 'absent') sent.push(segment(start, end, isLast, fate === 'lost'));
    if (fate === 'arrives') continue;
    const last = isLast ? end : Math.min(data.length, end + more);
    const middle = Math.floor((start + last) / 2);
    repairs.push(
      segment(Math.max(0, start - more), middle, false, false),
      segment(middle, last, isLast, false),
    );
  }
  for (const [from, length] of side.again) {
    if (from < data.length) sent.push(segment(from, Math.min(data.length, from + length), false, false));
  }
  return { sent, repairs };
}

/** Shuffles by moving each to a place that is not further than `reach` away. */
function shuffled<T>(items: readonly T[], moves: readonly number[], reach: number): T[] {
  return items
    .map((item, index) => ({ item, key: index + ((moves[index % moves.length] ?? 0) % (reach + 1)) }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

/** A rule that makes the edits where they are due, whatever comes in one piece; it may hold back what it has read. */
class EditingRule {
  readonly #edits: readonly Edit[];
  readonly #holds: boolean;
  #at = 0;
  #next = 0;
  #toErase = 0;
  #mark: Mark | undefined;

  constructor(edits: readonly Edit[], holds: boolean) {
    this.#edits = edits;
    this.#holds = holds;
  }

  run(stream: TcpStream): void {
    if (this.#mark !== undefined) {
      const before = this.#mark;
      this.#mark = undefined;
      assert.equal(stream.seek(before, true), undefined);
    } else if (this.#holds) {
      const mark = stream.mark();
      assert.ok(mark instanceof Mark);
      this.#mark = mark;
      stream.advance(stream.available);
      return;
    }
    while (stream.available > 0) this.#step(stream);
  }

  #step(stream: TcpStream): void {
    if (this.#toErase > 0) {
      const erased = stream.erase(this.#toErase);
      assert.ok(typeof erased === 'number' && erased > 0);
      this.#toErase -= erased;
      this.#at += erased;
      return;
    }
    const edit = this.#edits[this.#next];
    const distance = edit === undefined ? stream.available : edit.at - this.#at;
    if (edit === undefined || distance >= stream.available) {
      this.#at += stream.read()?.length ?? 0;
      return;
    }
    this.#at += stream.advance(distance);
    assert.equal(stream.insert(edit.inserted), undefined);
    this.#toErase = edit.erased;
    this.#next++;
  }
}

export type Case = {
  readonly client: Side;
  readonly server: Side;
  readonly moves: readonly number[];
  readonly turns: readonly boolean[];
  readonly reach: number;
  readonly holds: boolean;
  readonly lag: number;
};

export const conversation: fc.Arbitrary<Case> = fc
  .record({
    client: side,
    server: side,
    moves: fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }),
    turns: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
    reach: fc.constantFrom(0, 1, 3, 8),
    holds: fc.boolean(),
    lag: fc.nat(3),
  })
  // What is held back was not sent, so it is not lost.
  .map((drawn) =>
    drawn.holds
      ? {
          ...drawn,
          client: { ...drawn.client, fates: ['arrives'] },
          server: { ...drawn.server, fates: ['arrives'] },
        }
      : drawn,
  );

/** Packets, and the times of those that do not arrive. */
type Capture = { readonly packets: readonly Packet[]; readonly lost: ReadonlySet<number> };

/** The capture of a conversation: every byte is in it, in whatever order, and what acknowledges it comes when it likes. */
export function capture(
  { client, server, moves, turns, reach, lag }: Case,
  clientPort = CLIENT_PORT,
): Capture {
  const segments = [segmentsOf(client, true), segmentsOf(server, false)];
  const queues = segments.map(({ sent, repairs }, index) => [
    ...shuffled(sent, index === 0 ? moves : [...moves].reverse(), reach),
    ...repairs,
  ]);
  const seen = [new Receiver(client.initial), new Receiver(server.initial)];
  const packets: Packet[] = [
    frame({ clientPort, sequence: client.initial, flags: Flag.syn }),
    frame({
      clientPort,
      isFromClient: false,
      sequence: server.initial,
      acknowledgement: (client.initial + 1) >>> 0,
      flags: Flag.syn | Flag.ack,
    }),
  ];
  const lost = new Set<number>();
  const numbers: number[][] = [[(client.initial + 1) >>> 0], [(server.initial + 1) >>> 0]];
  for (let turn = 1; queues.some(({ length }) => length > 0); turn++) {
    const wanted = turns[turn % turns.length] === true ? 0 : 1;
    const from = (queues[wanted]?.length ?? 0) > 0 ? wanted : 1 - wanted;
    const segment = queues[from]?.shift();
    if (segment === undefined) break;
    const known = numbers[1 - from] ?? [];
    const packet = frame({
      ...segment,
      clientPort,
      acknowledgement: known[Math.max(0, known.length - 1 - lag)] ?? 0,
      time: turn,
    });
    packets.push(packet);
    if (segment.isLost) lost.add(packet.time);
    else seen[from]?.take(tcpOf(packet));
    numbers[from]?.push(seen[from]?.expected ?? 0);
  }
  // Both have all in the end.
  const atLast = packets.length;
  for (const isFromClient of [true, false]) {
    const [own, other] = isFromClient ? [client, server] : [server, client];
    packets.push(
      frame({
        clientPort,
        isFromClient,
        sequence: (own.initial + own.data.length + 2) >>> 0,
        acknowledgement: (other.initial + other.data.length + 2) >>> 0,
        time: atLast,
      }),
    );
  }
  return { packets, lost };
}

/** An editor in the middle, as rules make one. */
class Editor {
  readonly both: Conversation;
  readonly #rules: readonly EditingRule[];
  readonly #holds: boolean;

  constructor({ client, server, holds }: Case, budget: MemoryBudget, acknowledgements?: Acknowledgements) {
    this.both = new Conversation(budget, false, acknowledgements);
    this.#rules = [new EditingRule(client.edits, holds), new EditingRule(server.edits, holds)];
    this.#holds = holds;
  }

  /** What leaves because of a packet. */
  take(packet: Packet): Packet[] {
    const tcp = tcpOf(packet);
    const isFromClient = tcp.destinationPort === SERVER_PORT;
    const pushed = this.both.push(packet, tcp, isFromClient);
    if (pushed !== 'direct') this.#rules[isFromClient ? 0 : 1]?.run(this.both.stream(isFromClient));
    return this.#left(isFromClient);
  }

  /** What is still held leaves. */
  end(): Packet[] {
    // A rule that still holds something back gets its turn.
    for (const isFromClient of [true, false]) {
      const stream = this.both.stream(isFromClient);
      if (this.#holds) this.#rules[isFromClient ? 0 : 1]?.run(stream);
    }
    this.both.flush();
    return [...this.#left(true), ...this.#left(false)];
  }

  #left(isFromClient: boolean): Packet[] {
    const out: Packet[] = [];
    for (
      let packet = this.both.pop(isFromClient);
      packet !== undefined;
      packet = this.both.pop(isFromClient)
    ) {
      packet.finish();
      out.push(packet);
    }
    return out;
  }
}

/** A capture beside an editor: each side acknowledges what the editor has made of the other's text. */
export function captureBeside(tried: Case): Capture {
  const { packets, lost } = capture(tried);
  const editor = new Editor(tried, new MemoryBudget());
  const ends = [new Receiver(tried.client.initial), new Receiver(tried.server.initial)] as const;
  const beside = packets.map((packet) => {
    const own = packet.clone();
    const tcp = tcpOf(own);
    const isFromClient = tcp.destinationPort === SERVER_PORT;
    if (!tcp.has(Flag.syn)) tcp.acknowledgement = ends[isFromClient ? 1 : 0].expected;
    own.finish();
    for (const left of editor.take(own.clone())) {
      const to = ends[tcpOf(left).destinationPort === SERVER_PORT ? 0 : 1];
      if (!tcpOf(left).has(Flag.syn) && !lost.has(left.time)) to.take(tcpOf(left));
    }
    return own;
  });
  return { packets: beside, lost };
}

export function play(packets: readonly Packet[], tried: Case, acknowledgements?: Acknowledgements): Packet[] {
  const budget = new MemoryBudget();
  const editor = new Editor(tried, budget, acknowledgements);
  const out = packets.flatMap((packet) => editor.take(packet));
  out.push(...editor.end());
  const { both } = editor;
  assert.equal(both.client.hasOverflowed || both.server.hasOverflowed, false);
  assert.equal(both.client.missed + both.server.missed, 0);
  both.end();
  assert.equal(budget.used, 0);
  return out;
}
