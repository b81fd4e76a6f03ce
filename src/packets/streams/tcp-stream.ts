import { Flag, type Tcp } from '../headers/tcp.ts';
import type { Packet } from '../packet.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import { Chunk } from './chunk.ts';
import { ChunkList, editCost } from './chunk-list.ts';
import { Cursor, type Mark, markCost, type StreamProblem } from './cursor.ts';
import { LaterQueue } from './later-queue.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { MissedData } from './missed-data.ts';
import { Outlet } from './outlet.ts';
import { moveSelective } from './selective.ts';
import { SequenceSpace } from './sequence-space.ts';
import { StreamAccount } from './stream-account.ts';

const nothing = new Uint8Array(0);

/** What a pushed segment was: new, new but behind a hole, there before, or nothing that can be of this stream. */
export type Pushed = 'new' | 'ahead' | 'repeated' | 'refused';

/**
 * One direction of a connection: segments go in, in any order, are read and changed as one text, and come out
 * again. What comes out is one edited stream, whichever segments repeat or overlap: the first copy of a byte
 * counts, and its edits are in every later one.
 *
 * Sequence numbers in a capture are those of the original conversation; `seq` moves them to those of the edited one.
 * So does `ack` with acknowledgements that speak of the captured text, so that what is written is one conversation
 * that both ends could have had. Those that speak of the edited text it moves back, as a device in the middle does:
 * what is written is what each end would get of it.
 */
export class TcpStream {
  /** Bytes that the capture has not got and that the stream has passed over. */
  missed = 0;
  /** Whether it has held more than it may, and so has let go of old edits, holes or marks. */
  hasOverflowed = false;
  readonly #account: StreamAccount;
  readonly #isReadOnly: boolean;
  readonly #acknowledgements: Acknowledgements;
  readonly #list = new ChunkList();
  readonly #space = new SequenceSpace(this.#list);
  readonly #cursor = new Cursor(this.#list);
  readonly #outlet: Outlet;
  #later: LaterQueue | undefined;
  readonly #missed = new MissedData();
  /** The furthest acknowledgement that was asked which text it speaks of. */
  #judged = 0;
  #hasRepeats = false;

  /** `isReadOnly`: pass-through mode, in which packets come out as they went in. */
  constructor(budget: MemoryBudget, isReadOnly: boolean, acknowledgements: Acknowledgements) {
    this.#account = new StreamAccount(budget);
    this.#isReadOnly = isReadOnly;
    this.#acknowledgements = acknowledgements;
    this.#outlet = new Outlet(this.#list, this.#space, isReadOnly);
  }

  /** The stream begins at this sequence number, the one after the SYN's; only the first time counts. */
  init(sequence: number): void {
    this.#space.start(sequence);
  }

  /** Likewise, but before anything of the stream has come the last time counts. */
  begin(sequence: number): void {
    if (this.#later === undefined) this.#space.restart(sequence);
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
    if (!this.#makeRoomFor(editCost + bytes.length)) return 'no room';
    const problem = this.#cursor.insert(bytes);
    this.#settle();
    return problem;
  }

  /** How many were erased of the `count` next bytes. */
  erase(count: number): number | StreamProblem {
    return this.#isReadOnly ? 'pass-through mode' : this.#cursor.erase(count);
  }

  mark(isReadOnly = false): Mark | StreamProblem {
    if (this.#isReadOnly && !isReadOnly) return 'pass-through mode';
    if (!this.#makeRoomFor(markCost)) return 'no room';
    const mark = this.#cursor.mark(isReadOnly);
    this.#settle();
    return mark;
  }

  /** How many marks are not released. */
  get markCount(): number {
    return this.#cursor.markCount;
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
    this.#outlet.countLeft();
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
    // What waits on may wait for long.
    this.#list.ownLast();
    this.#settle();
    return this.#outlet.take();
  }

  /** Whether data wait behind what has not come. */
  get hasHole(): boolean {
    return this.#later?.first !== undefined;
  }

  /** Nothing more will come: what stands behind holes can be read, and is held by marks alone. */
  passHoles(): void {
    for (let next = this.#later?.first; next !== undefined; next = this.#later?.first)
      this.#passHole(next.start);
    this.#settle();
  }

  /** Lets all go that is held: marks are released and holes passed over. `pop` gives it. */
  flush(): void {
    this.#cursor.releaseMarks();
    this.passHoles();
  }

  /** What it holds counts no more: it will be let go as soon as may be. */
  discharge(): void {
    this.#account.close();
  }

  /** Gives back what it holds: it is of no use afterwards. */
  end(): void {
    this.discharge();
    this.#later = undefined;
    this.#list.cost = 0;
  }

  /** Moves the sequence number of a packet of this direction that is not pushed. */
  seq(tcp: Tcp): void {
    if (!this.#space.isStarted || this.#isReadOnly) return;
    const position = this.#space.positionOf(tcp.sequence);
    const moved = this.#space.moved(position);
    if (moved !== tcp.sequence) tcp.sequence = moved;
    if (tcp.has(Flag.fin) && position === this.#list.sentEnd) this.#space.passFin(position);
  }

  /** Whether rules have changed anything of it. */
  get hasEdits(): boolean {
    return this.#list.hasEdits;
  }

  /** The number of the original conversation that an acknowledgement of the capture stands for. */
  acknowledged(number: number): number {
    if (!this.#space.isStarted || !this.#list.hasEdits) return number;
    this.#judge(number);
    if (!this.#acknowledgements.areEdited) return number;
    return this.#space.originalNumberOf(this.#space.acknowledgedAt(number));
  }

  /** Moves the acknowledgement number, and the SACK blocks, of a packet of the other direction that came at this time. */
  ack(tcp: Tcp, time: number): void {
    if (!this.#space.isStarted || !tcp.has(Flag.ack)) return;
    const original = this.acknowledged(tcp.acknowledgement);
    const position = this.#space.positionOf(original);
    this.#missed.acknowledged(position, this.#list.end, time);
    if (!this.#isReadOnly) {
      const { areEdited } = this.#acknowledgements;
      const moved = areEdited ? original : this.#space.moved(position);
      if (moved !== tcp.acknowledgement) tcp.acknowledgement = moved;
      if (this.#list.hasEdits) {
        moveSelective(tcp, (edge) => (areEdited ? this.acknowledged(edge) : this.#space.movedIfSent(edge)));
      }
    }
    this.#list.forget(position, this.#cursor.neededFrom);
    this.#settle();
  }

  /**
   * An acknowledgement of something new that ends where a segment of one stream does, and none of the other, shows which
   * of them it speaks of. Where segments come again in other pieces it must also be beyond what the other has.
   */
  #judge(number: number): void {
    if (this.#acknowledgements.isDecided) return;
    const position = this.#space.editedPositionOf(number);
    if (position <= this.#judged) return;
    this.#judged = position;
    const { original, edited } = this.#endsAt(position);
    if (this.#hasRepeats && position <= (original ? this.#list.editedSentEnd : this.#list.end) + 1) return;
    if (original !== edited) this.#acknowledgements.show(original ? 'captured' : 'edited');
  }

  #endsAt(position: number): { readonly original: boolean; readonly edited: boolean } {
    const { finAt, isFinSent } = this.#space;
    const { original, edited } = this.#list.endsAt(position);
    return {
      original: original || (finAt !== undefined && position === finAt + 1),
      edited: edited || (isFinSent && position === this.#list.editedSentEnd + 1),
    };
  }

  #take(packet: Packet, tcp: Tcp, start: number): Pushed {
    const hasFin = tcp.has(Flag.fin);
    const length = tcp.payloadLength;
    const { finAt } = this.#space;
    if (length === 0 && !hasFin) return this.#takeEmpty(packet, tcp, start);
    if (finAt !== undefined && start + length > finAt) return 'refused';
    const content = packet.missing > 0 ? length : tcp.payload.slice();
    if (content instanceof Uint8Array) this.#later?.giveFirst(start, content);
    if (start <= this.#list.end) return this.#takeReached(packet, start, content, hasFin);
    packet.own();
    this.#later ??= new LaterQueue();
    this.#later.add({ packet, start, content, hasFin });
    return 'ahead';
  }

  /** Only an acknowledgement. One that comes before the data in front of it does not wait for them. */
  #takeEmpty(packet: Packet, tcp: Tcp, start: number): Pushed {
    if (start >= this.#list.end && this.#space.finAt === undefined) {
      this.#append(nothing, packet, false);
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
    if (known > 0) this.#hasRepeats = true;
    const isNewFin = hasFin && finAt === undefined && start + length >= this.#list.end;
    if (known === length && !isNewFin) {
      this.#outlet.repeat(packet, start, start + length, hasFin && start + length === finAt);
      return 'repeated';
    }
    if (known > 0) this.#outlet.repeat(packet.clone(), start, start + known, false);
    if (isNewFin) this.#space.finAt = start + length;
    if (typeof content === 'number') this.#appendCut(packet, known, length, isNewFin);
    else this.#append(content.subarray(known), packet, isNewFin);
    return 'new';
  }

  /** What was captured of a segment's payload, which begins with known bytes, and a hole for the rest. */
  #appendCut(packet: Packet, known: number, length: number, hasFin: boolean): void {
    const captured = packet.tcp?.payload.slice(known) ?? nothing;
    const rest = length - known - captured.length;
    this.missed += rest;
    if (captured.length === 0) {
      this.#append(rest, packet, hasFin);
      return;
    }
    this.#append(captured, packet, false, true);
    this.#append(rest, undefined, hasFin);
  }

  #append(content: Uint8Array | number, packet: Packet | undefined, hasFin: boolean, isFixed = false): void {
    this.#list.ownLast();
    const carrier = this.#isReadOnly ? undefined : packet;
    const chunk = new Chunk(this.#list.end, this.#list.editedEnd, content, carrier, hasFin);
    chunk.isFixed = isFixed;
    this.#list.append(chunk);
    this.#cursor.appended(chunk);
  }

  /** What waited for what has come now. */
  #drain(): void {
    let next = this.#later?.takeReached(this.#list.end);
    while (next !== undefined) {
      const { packet, start, content, hasFin } = next;
      const { finAt } = this.#space;
      const end = start + (typeof content === 'number' ? content : content.length);
      if (finAt === undefined || end <= finAt) this.#takeReached(packet, start, content, hasFin);
      next = this.#later?.takeReached(this.#list.end);
    }
    if (this.#later?.first === undefined) this.#later = undefined;
  }

  /** A hole that the other side has had filled for a while will stay one: the capture has missed it. */
  #passHoles(time: number): void {
    const lost = this.#missed.lostBefore(this.#list.end, time);
    for (let next = this.#later?.first; next !== undefined && next.start <= lost; next = this.#later?.first)
      this.#passHole(next.start);
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
    while (!this.#hasRoomFor(0)) {
      if (!this.#letGo()) break;
      this.hasOverflowed = true;
    }
    this.#account.charge(this.#cost());
  }

  /** For so many bytes beside what it holds. */
  #hasRoomFor(bytes: number): boolean {
    return this.#account.hasRoomFor(this.#cost() + bytes);
  }

  /** Forgets for it what was sent, oldest first. */
  #makeRoomFor(bytes: number): boolean {
    while (!this.#hasRoomFor(bytes)) {
      if (!this.#list.forgetOldest()) return false;
      this.hasOverflowed = true;
    }
    return true;
  }

  #cost(): number {
    return this.#list.cost + (this.#later?.cost ?? 0) + this.#cursor.cost + this.#outlet.left;
  }

  /** The oldest that was sent first; then what waits behind a hole; then what a mark holds back. */
  #letGo(): boolean {
    if (this.#list.forgetOldest()) return true;
    const next = this.#later?.first;
    if (next !== undefined) {
      this.#passHole(next.start);
      return true;
    }
    this.#cursor.releaseMarks();
    return this.#outlet.sendChunk(Number.POSITIVE_INFINITY) || this.#outlet.dropLeft();
  }
}
