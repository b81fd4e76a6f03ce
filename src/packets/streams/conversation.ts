import type { Moment } from '../headers/create.ts';
import { Flag, type Tcp } from '../headers/tcp.ts';
import type { Packet } from '../packet.ts';
import { Acknowledgements } from './acknowledgements.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { createReset, type Route, routeOf } from './reset.ts';
import { streamCost } from './stream-account.ts';
import { type Pushed, TcpStream } from './tcp-stream.ts';

/** A packet that no stream holds: a SYN, a reset, or an acknowledgement in front of all data. */
type Direct = { readonly packet: Packet; readonly isFromClient: boolean };

/** Each is taken before the next one comes, unless a rule's dissector gives nothing back. */
const mostDirect = 4;

const ofCapturedText = new Acknowledgements('captured');

/** One side: where its stream begins, as a signed 32-bit integer, and that once it is needed. */
class Side {
  initial: number | undefined;
  stream: TcpStream | undefined;

  /** Whether its stream begins at this number; the first one is right. */
  beginsAt(sequence: number): boolean {
    this.initial ??= sequence | 0;
    return this.initial === (sequence | 0);
  }
}

/**
 * Both streams of a connection, each moving the numbers of the other's packets. A stream is made when there are
 * data for it, or when it is asked for: most of the connections of a flood never say anything.
 */
export class Conversation {
  readonly #budget: MemoryBudget;
  readonly #isReadOnly: boolean;
  readonly #acknowledgements: Acknowledgements;
  readonly #clientSide = new Side();
  readonly #serverSide = new Side();
  #direct: Direct[] | undefined;
  #route: Route | undefined;
  #isRouteFromClient = true;
  #fixed = 0;
  #isDischarged = false;

  /** `isReadOnly`: pass-through mode. */
  constructor(budget: MemoryBudget, isReadOnly = false, acknowledgements = ofCapturedText) {
    this.#budget = budget;
    this.#isReadOnly = isReadOnly;
    this.#acknowledgements = acknowledgements;
  }

  /** What the client sends. */
  get client(): TcpStream {
    return this.stream(true);
  }

  /** What the server sends. */
  get server(): TcpStream {
    return this.stream(false);
  }

  /** Those that were needed so far. */
  get streams(): TcpStream[] {
    return [this.#clientSide.stream, this.#serverSide.stream].filter((stream) => stream !== undefined);
  }

  stream(isFromClient: boolean): TcpStream {
    const side = this.#side(isFromClient);
    if (side.stream !== undefined) return side.stream;
    this.#take(streamCost);
    const stream = new TcpStream(this.#budget, this.#isReadOnly, this.#acknowledgements);
    if (this.#isDischarged) stream.discharge();
    side.stream = stream;
    if (side.initial !== undefined) stream.init(side.initial);
    this.#pushWaiting(stream, isFromClient);
    return stream;
  }

  /**
   * Where the stream of a side begins, as whoever follows the connection knows: a SYN that nobody has answered gives
   * way to another one, and numbers out of nowhere to a SYN.
   */
  begin(isFromClient: boolean, sequence: number): void {
    const side = this.#side(isFromClient);
    side.initial = sequence | 0;
    side.stream?.begin(sequence);
  }

  /**
   * Takes a packet in. Between this and `pop` its stream may be read and changed. A SYN without data and a RST
   * pass by the stream: `direct`.
   */
  push(packet: Packet, tcp: Tcp, isFromClient: boolean): Pushed | 'direct' {
    this.#setRoute(packet, isFromClient);
    const side = this.#side(isFromClient);
    const isSyn = tcp.has(Flag.syn);
    const isReset = tcp.has(Flag.rst);
    const isEmpty = tcp.payloadLength === 0;
    if (isSyn) {
      side.beginsAt(tcp.sequence + 1);
      side.stream?.init(tcp.sequence + 1);
    }
    const isDirect = isReset || (isSyn && isEmpty);
    // What was left means that nobody takes packets: a stream counts them.
    const isAlone = side.stream === undefined && this.#direct === undefined;
    const isBefore = !isDirect && isAlone && isEmpty && !tcp.has(Flag.fin);
    if (!isDirect && !(isBefore && side.beginsAt(tcp.sequence)))
      return this.stream(isFromClient).push(packet, tcp);
    this.#pass(packet, isFromClient);
    return isDirect ? 'direct' : 'new';
  }

  /** The next packet of a direction that may go, until there is none, with its numbers moved. */
  pop(isFromClient: boolean): Packet | undefined {
    const popped = this.#side(isFromClient).stream?.pop() ?? this.#popDirect(isFromClient);
    if (popped?.tcp !== undefined) this.#acknowledge(!isFromClient, popped.tcp, popped.time);
    return popped;
  }

  /** Whether rules have changed anything of either stream. */
  get hasEdits(): boolean {
    return this.streams.some(({ hasEdits }) => hasEdits);
  }

  /** Whether data of either side wait behind what has not come. */
  get hasHoles(): boolean {
    return this.streams.some(({ hasHole }) => hasHole);
  }

  /** The number of the original conversation that the acknowledgement of a packet stands for. */
  acknowledged(tcp: Tcp, isFromClient: boolean): number {
    const { acknowledgement } = tcp;
    return this.#side(!isFromClient).stream?.acknowledged(acknowledgement) ?? acknowledgement;
  }

  /** Whether data of a side wait behind what has not come. */
  hasHole(isFromClient: boolean): boolean {
    return this.#side(isFromClient).stream?.hasHole === true;
  }

  /** Lets go what both streams hold: the capture is over, or the connection. */
  flush(): void {
    for (const stream of this.streams) stream.flush();
  }

  /** Resets for both ends: to the server first, then to the client. What the streams hold is to be left. */
  reset(moment: Moment): Packet[] {
    const route = this.#route;
    if (route === undefined) return [];
    return [true, false].map((isFromClient) =>
      createReset(route, isFromClient !== this.#isRouteFromClient, this.#lastSequence(isFromClient), moment),
    );
  }

  /** Gives its memory back at once, though it may still be of use for what is at hand. */
  discharge(): void {
    for (const stream of this.streams) stream.discharge();
    this.#budget.giveFixed(this.#fixed);
    this.#fixed = 0;
    this.#isDischarged = true;
  }

  /** Lets all go: it is of no use afterwards. */
  end(): void {
    this.discharge();
    for (const stream of this.streams) stream.end();
    this.#clientSide.stream = undefined;
    this.#serverSide.stream = undefined;
    this.#direct = undefined;
    this.#route = undefined;
  }

  #side(isFromClient: boolean): Side {
    return isFromClient ? this.#clientSide : this.#serverSide;
  }

  #take(bytes: number): void {
    if (this.#isDischarged) return;
    this.#fixed += bytes;
    this.#budget.takeFixed(bytes);
  }

  #setRoute(packet: Packet, isFromClient: boolean): void {
    if (this.#route !== undefined) return;
    this.#route = routeOf(packet);
    this.#isRouteFromClient = isFromClient;
    this.#take(this.#route.bytes.length);
  }

  #pass(packet: Packet, isFromClient: boolean): void {
    this.#direct ??= [];
    for (const waiting of this.#direct) waiting.packet.own();
    if (this.#direct.length === mostDirect) this.#direct.shift();
    this.#direct.push({ packet, isFromClient });
  }

  /** A stream that is asked for now gets what has come for it already. */
  #pushWaiting(stream: TcpStream, isFromClient: boolean): void {
    const waiting = this.#direct?.filter(
      ({ packet: { tcp }, ...direct }) =>
        direct.isFromClient === isFromClient &&
        tcp !== undefined &&
        (tcp.flags & (Flag.syn | Flag.rst)) === 0,
    );
    if (waiting === undefined || waiting.length === 0) return;
    this.#direct = this.#direct?.filter((direct) => !waiting.includes(direct));
    for (const { packet } of waiting) if (packet.tcp !== undefined) stream.push(packet, packet.tcp);
  }

  #popDirect(isFromClient: boolean): Packet | undefined {
    const index = this.#direct?.findIndex((direct) => direct.isFromClient === isFromClient) ?? -1;
    if (index < 0) return undefined;
    const [direct] = this.#direct?.splice(index, 1) ?? [];
    if (this.#direct?.length === 0) this.#direct = undefined;
    const tcp = direct?.packet.tcp;
    if (tcp?.has(Flag.rst) === true) this.#moveReset(tcp, isFromClient);
    return direct?.packet;
  }

  /** Before there is a stream only the number at which it would begin is as it should be. */
  #moveReset(tcp: Tcp, isFromClient: boolean): void {
    const { stream, initial } = this.#side(isFromClient);
    if (stream === undefined && (initial === undefined || initial === (tcp.sequence | 0))) return;
    this.stream(isFromClient).seq(tcp);
  }

  /** A packet of the other side has acknowledged what this one has sent. */
  #acknowledge(isFromClient: boolean, tcp: Tcp, time: number): void {
    const { stream, initial } = this.#side(isFromClient);
    if (stream === undefined) {
      if (initial === undefined || !tcp.has(Flag.ack) || initial === (tcp.acknowledgement | 0)) return;
    }
    this.stream(isFromClient).ack(tcp, time);
  }

  #lastSequence(isFromClient: boolean): number {
    const { stream, initial } = this.#side(isFromClient);
    return stream === undefined ? (initial ?? 0) >>> 0 : stream.lastSequence;
  }
}
