import { Flag, type Tcp } from '../headers/tcp.ts';
import type { Packet } from '../packet.ts';
import type { Chunk } from './chunk.ts';
import type { ChunkList } from './chunk-list.ts';
import { costOfPacket } from './packet-cost.ts';
import { carry } from './segments.ts';
import type { SequenceSpace } from './sequence-space.ts';

/** A segment that came again, or that part of one. */
type Repeated = {
  readonly packet: Packet;
  readonly start: number;
  readonly end: number;
  readonly hasFin: boolean;
};

const nothing = new Uint8Array(0);

/** Where packets leave a stream, with the bytes and the numbers of the edited one. */
export class Outlet {
  readonly #list: ChunkList;
  readonly #space: SequenceSpace;
  readonly #isReadOnly: boolean;
  #next: Packet | undefined;
  /** Behind the next one; hardly ever any. */
  #ready: Packet[] | undefined;
  #repeated: Repeated[] | undefined;
  /** What of it was left when the next segment came; in bytes. Who takes all that there is each time leaves nothing. */
  left = 0;

  /** `isReadOnly`: packets come out as they went in, and nothing is sent again. */
  constructor(list: ChunkList, space: SequenceSpace, isReadOnly: boolean) {
    this.#list = list;
    this.#space = space;
    this.#isReadOnly = isReadOnly;
  }

  get isEmpty(): boolean {
    return this.#next === undefined;
  }

  /** As it is. */
  put(packet: Packet): void {
    if (this.#next === undefined) {
      this.#next = packet;
      return;
    }
    this.#ready ??= [];
    this.#ready.push(packet);
  }

  take(): Packet | undefined {
    const taken = this.#next;
    this.#next = this.#ready?.shift();
    if (this.#ready?.length === 0) this.#ready = undefined;
    if (this.left > 0) this.left = Math.max(0, this.left - costOfPacket(taken));
    return taken;
  }

  /** What nobody has taken keeps nothing alive but itself, and counts. */
  countLeft(): void {
    if (this.#next === undefined && this.#repeated === undefined) return;
    this.left = 0;
    const repeated = this.#repeated?.map(({ packet }) => packet) ?? [];
    for (const packet of [...(this.#ready ?? []), ...repeated, this.#next]) {
      packet?.own();
      this.left += costOfPacket(packet);
    }
  }

  /** Gives up the oldest packet that was left; false when there is none. */
  dropLeft(): boolean {
    if (this.left === 0) return false;
    if (this.take() === undefined && this.#repeated?.shift() === undefined) this.left = 0;
    return true;
  }

  repeat(packet: Packet, start: number, end: number, hasFin: boolean): void {
    if (this.#isReadOnly) return;
    this.#repeated ??= [];
    this.#repeated.push({ packet, start, end, hasFin });
  }

  /** Sends the first waiting chunk if it ends at `limit` of the edited stream or before. */
  sendChunk(limit: number): boolean {
    const chunk = this.#list.firstWaiting;
    if (chunk === undefined || chunk.editedEnd > limit) return false;
    const { packet } = chunk;
    this.#list.send(chunk);
    if (chunk.hasFin) this.#space.isFinSent = true;
    const isErased = chunk.length > 0 && chunk.editedLength === 0 && !chunk.hasFin;
    if (packet?.tcp !== undefined && !isErased) this.#sendChunkIn(packet, packet.tcp, chunk);
    return true;
  }

  /** Sends one that came again once all that it repeats has been sent; `isLast`: as much of it as was, if any. */
  sendRepeated(isLast: boolean): boolean {
    const repeated = this.#repeated?.[0];
    if (repeated === undefined) return false;
    const { packet, start, end, hasFin } = repeated;
    const isSent = end <= this.#list.sentEnd && (!hasFin || this.#space.isFinSent);
    if (!isSent && !isLast) return false;
    this.#repeated?.shift();
    if (this.#repeated?.length === 0) this.#repeated = undefined;
    if (packet.tcp !== undefined && (isSent || start < this.#list.sentEnd)) {
      this.#sendAgain(packet, packet.tcp, repeated, isSent && hasFin);
    }
    return true;
  }

  #sendChunkIn(packet: Packet, tcp: Tcp, chunk: Chunk): void {
    const number = this.#space.numberOf(chunk.edited - (tcp.has(Flag.syn) ? 1 : 0));
    if (chunk.isOpaque || chunk.isFixed) this.#sendAs(packet, tcp, number);
    else this.#sendWith(packet, tcp, number, chunk.bytes);
  }

  #sendAgain(packet: Packet, tcp: Tcp, { start, end }: Repeated, hasFin: boolean): void {
    if (tcp.has(Flag.fin) && !hasFin) tcp.setFlag(Flag.fin, false);
    const syn = tcp.has(Flag.syn) ? 1 : 0;
    if (packet.missing > 0) {
      this.#sendAs(packet, tcp, this.#space.moved(start) - syn);
      return;
    }
    const again = this.#list.repeat(start, end, tcp.payload.subarray(0, end - start));
    // Too old to be told, so its receiver has it: a probe, which asks for an acknowledgement as the repeated one did.
    const edited = again?.edited ?? this.#list.editedAt(end) - (hasFin ? 0 : 1);
    this.#sendWith(packet, tcp, this.#space.numberOf(edited - syn), again?.bytes ?? nothing);
  }

  /** Changes nothing that is right as it is. */
  #sendWith(packet: Packet, tcp: Tcp, number: number, payload: Uint8Array): void {
    if (Buffer.compare(tcp.payload, payload) === 0) this.#sendAs(packet, tcp, number);
    else for (const carrier of carry(packet, number, payload)) this.put(carrier);
  }

  #sendAs(packet: Packet, tcp: Tcp, number: number): void {
    if (tcp.sequence !== number >>> 0) tcp.sequence = number;
    this.put(packet);
  }
}
