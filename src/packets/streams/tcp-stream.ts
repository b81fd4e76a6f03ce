import { Flag, type Tcp } from '../headers/tcp.ts';
import type { Packet } from '../packet.ts';
import { Chunk } from './chunk.ts';
import { ChunkList } from './chunk-list.ts';
import { Cursor, type Mark, type StreamProblem } from './cursor.ts';
import { LaterQueue } from './later-queue.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { Outlet } from './outlet.ts';
import { moveSelective } from './selective.ts';
import { SequenceSpace } from './sequence-space.ts';

/** How long after the other side has acknowledged it a segment may still turn up, on the capture's clock. */
const LATE_MS = 200;

const NOTHING = new Uint8Array(0);

/** What a pushed segment was: new, new but behind a hole, there before, or nothing that can be of this stream. */
export type Pushed = 'new' | 'ahead' | 'repeated' | 'refused';

/**
 * One direction of a connection: segments go in, in any order, are read and changed as one text, and come out
 * again. What comes out is one edited stream, whichever segments repeat or overlap: the first copy of a byte
 * counts, and its edits are in every later one.
 *
 * Numbers in a capture are those of the original conversation on both sides; `seq` and `ack` move them to those of
 * the edited one, so that what is written is one conversation that both ends could have had. (Haka moved
 * acknowledgements the other way, as a device in the middle does with packets that its own edits have
 * drawn: in a recorded capture there are none.)
 */
export class TcpStream {
  /** Bytes that the capture has not got and that the stream has passed over. */
  missed = 0;
  /** Whether it has held more than it may, and so has let go of old edits, holes or marks. */
  hasOverflowed = false;
  readonly #budget: MemoryBudget;
  readonly #isReadOnly: boolean;
  readonly #list = new ChunkList();
  readonly #space = new SequenceSpace(this.#list);
  readonly #cursor = new Cursor(this.#list);
  readonly #outlet = new Outlet(this.#list, this.#space);
  readonly #later = new LaterQueue();
  /** What the other side has acknowledged beyond the end, and since when. */
  #acknowledgedAhead = 0;
  #aheadSince = 0;
  #charged = 0;

  /** `isReadOnly`: pass-through mode, in which packets come out as they went in. */
  constructor(budget: MemoryBudget, isReadOnly: boolean) {
    this.#budget = budget;
    this.#isReadOnly = isReadOnly;
  }

  /** The stream begins at this sequence number, the one after the SYN's; only the first time counts. */
  init(sequence: number): void {
    this.#space.start(sequence);
  }

  get isStarted(): boolean {
    return this.#space.isStarted;
  }

  get available(): number {
    return this.#cursor.available;
  }

  /** The sequence number behind the last byte that was sent, or FIN, in the edited stream. */
  get lastSequence(): number {
    return this.#space.last;
  }

  /** A copy of the next bytes, as many of `count` as there are; undefined when there are none. */
  read(count?: number): Uint8Array | undefined {
    return this.#cursor.read(count);
  }

  /** Passes over bytes and says how many. */
  advance(count: number): number {
    return this.#cursor.advance(count);
  }

  /** The position is behind them afterwards. Where no segment waits the next one will begin with them. */
  insert(bytes: Uint8Array): StreamProblem | undefined {
    if (this.#isReadOnly) return 'pass-through mode';
    const more = this.#cost() + bytes.length;
    if (more > this.#budget.streamLimit || this.#budget.used + more - this.#charged > this.#budget.limit) {
      return 'no room';
    }
    const problem = this.#cursor.insert(bytes);
    this.#settle();
    return problem;
  }

  /** How many were erased of the `count` next bytes. */
  erase(count: number): number | StreamProblem {
    return this.#isReadOnly ? 'pass-through mode' : this.#cursor.erase(count);
  }

  mark(isReadOnly = false): Mark | StreamProblem {
    return this.#isReadOnly && !isReadOnly ? 'pass-through mode' : this.#cursor.mark(isReadOnly);
  }

  unmark(mark: Mark): StreamProblem | undefined {
    return this.#cursor.unmark(mark);
  }

  seek(mark: Mark, release = false): StreamProblem | undefined {
    return this.#cursor.seek(mark, release);
  }

  /** Takes a packet in; it comes out of `pop`, as it is or changed, unless it is refused. */
  push(packet: Packet, tcp: Tcp): Pushed {
    const number = tcp.sequence + (tcp.has(Flag.syn) ? 1 : 0);
    this.init(number);
    if (this.#isReadOnly) this.#outlet.put(packet);
    const pushed = this.#take(packet, tcp, this.#space.positionOf(number));
    this.#drain();
    this.#passHoles(packet.time);
    this.#settle();
    return pushed;
  }

  /** The next packet that may go, until there is none. What was not read and is behind no mark will not be seen. */
  pop(): Packet | undefined {
    const { limit } = this.#cursor;
    if (limit === Number.POSITIVE_INFINITY) this.#cursor.toEnd();
    while (this.#outlet.isEmpty) {
      if (this.#outlet.sendRepeated(false) || this.#outlet.sendChunk(limit)) continue;
      if (!this.#outlet.sendRepeated(true)) break;
    }
    this.#settle();
    return this.#outlet.take();
  }

  /** Lets all go that is held: marks are released and holes passed over. `pop` gives it. */
  flush(): void {
    this.#cursor.releaseMarks();
    for (let next = this.#later.first; next !== undefined; next = this.#later.first)
      this.#passHole(next.start);
    this.#settle();
  }

  /** Gives back what it holds: it is of no use afterwards. */
  end(): void {
    this.#later.clear();
    this.#list.cost = 0;
    this.#budget.used -= this.#charged;
    this.#charged = 0;
  }

  /** Moves the sequence number of a packet of this direction that is not pushed. */
  seq(tcp: Tcp): void {
    if (!this.isStarted || this.#isReadOnly) return;
    const moved = this.#space.moved(this.#space.positionOf(tcp.sequence));
    if (moved !== tcp.sequence) tcp.sequence = moved;
  }

  /** Moves the acknowledgement number, and the SACK blocks, of a packet of the other direction. */
  ack(tcp: Tcp): void {
    if (!this.isStarted || !tcp.has(Flag.ack)) return;
    const position = this.#space.positionOf(tcp.acknowledgement);
    this.#noteAhead(position, tcp.packet.time);
    if (!this.#isReadOnly) {
      const moved = this.#space.moved(position);
      if (moved !== tcp.acknowledgement) tcp.acknowledgement = moved;
      if (this.#list.hasEdits) moveSelective(tcp, (edge) => this.#moveEdge(edge));
    }
    this.#list.forget(position, this.#cursor.neededFrom);
    this.#passHoles(tcp.packet.time);
    this.#settle();
  }

  #moveEdge(edge: number): number | undefined {
    const position = this.#space.positionOf(edge);
    return position > this.#list.sentEnd ? undefined : this.#space.moved(position);
  }

  #take(packet: Packet, tcp: Tcp, start: number): Pushed {
    const hasFin = tcp.has(Flag.fin);
    const length = tcp.payloadLength;
    const { finAt } = this.#space;
    if (length === 0 && !hasFin) return this.#takeEmpty(packet, tcp, start);
    if (finAt !== undefined && start + length > finAt) return 'refused';
    const content = packet.missing > 0 ? length : tcp.payload.slice();
    if (start <= this.#list.end) return this.#takeReached(packet, start, content, hasFin);
    packet.own();
    this.#later.add({ packet, start, content, hasFin });
    return 'ahead';
  }

  /** Only an acknowledgement. One that comes before the data in front of it does not wait for them. */
  #takeEmpty(packet: Packet, tcp: Tcp, start: number): Pushed {
    if (start >= this.#list.end && this.#space.finAt === undefined) {
      this.#append(NOTHING, packet, false);
      return 'new';
    }
    this.seq(tcp);
    if (!this.#isReadOnly) this.#outlet.put(packet);
    return 'repeated';
  }

  /** A segment that begins at the end of what there is, or before. */
  #takeReached(packet: Packet, start: number, content: Uint8Array | number, hasFin: boolean): Pushed {
    const length = typeof content === 'number' ? content : content.length;
    const { finAt } = this.#space;
    const known = Math.min(this.#list.end - start, length);
    const isNewFin = hasFin && finAt === undefined && start + length >= this.#list.end;
    if (known === length && !isNewFin) {
      this.#repeat(packet, start, start + length, hasFin && start + length === finAt);
      return 'repeated';
    }
    if (known > 0) this.#repeat(packet.clone(), start, start + known, false);
    if (isNewFin) this.#space.finAt = start + length;
    this.#append(typeof content === 'number' ? length - known : content.subarray(known), packet, isNewFin);
    return 'new';
  }

  #append(content: Uint8Array | number, packet: Packet | undefined, hasFin: boolean): void {
    const carrier = this.#isReadOnly ? undefined : packet;
    const chunk = new Chunk(this.#list.end, this.#list.editedEnd, content, carrier, hasFin);
    this.#list.append(chunk);
    this.#cursor.appended(chunk);
  }

  #repeat(packet: Packet, start: number, end: number, hasFin: boolean): void {
    if (!this.#isReadOnly) this.#outlet.repeat(packet, start, end, hasFin);
  }

  /** What waited for what has come now. */
  #drain(): void {
    let next = this.#later.takeReached(this.#list.end);
    while (next !== undefined) {
      const { packet, start, content, hasFin } = next;
      const { finAt } = this.#space;
      const end = start + (typeof content === 'number' ? content : content.length);
      if (finAt === undefined || end <= finAt) this.#takeReached(packet, start, content, hasFin);
      next = this.#later.takeReached(this.#list.end);
    }
  }

  #noteAhead(position: number, time: number): void {
    if (position <= this.#list.end) return;
    if (this.#acknowledgedAhead <= this.#list.end) this.#aheadSince = time;
    this.#acknowledgedAhead = Math.max(this.#acknowledgedAhead, position);
  }

  /** A hole that the other side has had filled for a while will stay one: the capture has missed it. */
  #passHoles(time: number): void {
    if (this.#acknowledgedAhead <= this.#list.end || time - this.#aheadSince <= LATE_MS) return;
    let next = this.#later.first;
    while (next !== undefined && next.start <= this.#acknowledgedAhead) {
      this.#passHole(next.start);
      next = this.#later.first;
    }
  }

  #passHole(until: number): void {
    const length = until - this.#list.end;
    if (length > 0) {
      this.missed += length;
      this.#append(length, undefined, false);
    }
    this.#drain();
  }

  /** Keeps within the limits, and the account right. */
  #settle(): void {
    const { limit, streamLimit } = this.#budget;
    while (this.#cost() > streamLimit || this.#budget.used + this.#cost() - this.#charged > limit) {
      if (!this.#letGo()) break;
      this.hasOverflowed = true;
    }
    this.#budget.used += this.#cost() - this.#charged;
    this.#charged = this.#cost();
  }

  #cost(): number {
    return this.#list.cost + this.#later.cost + this.#cursor.pendingLength;
  }

  /** The oldest that was sent first; then what waits behind a hole; then what a mark holds back. */
  #letGo(): boolean {
    if (this.#list.forgetOldest()) return true;
    const next = this.#later.first;
    if (next !== undefined) {
      this.#passHole(next.start);
      return true;
    }
    this.#cursor.releaseMarks();
    return this.#outlet.sendChunk(Number.POSITIVE_INFINITY);
  }
}
