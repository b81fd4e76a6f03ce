import { Flag, type Tcp } from '../headers/tcp.ts';
import type { Packet } from '../packet.ts';
import type { ConnectionState, EndCause } from './captured-connection.ts';
import type { ConnectionStore, Followed } from './connection-store.ts';
import type { Evidence } from './evidence.ts';
import { followSegment, type Step } from './tcp-state.ts';

/** Milliseconds without a packet after which a connection is over, by its state. */
export type Timeouts = Readonly<Record<ConnectionState, number>>;

const defaultTimeouts: Timeouts = {
  opening: 60_000,
  established: 3_600_000,
  'half-closed': 3_600_000,
  closing: 60_000,
  dropped: 3_600_000,
  ended: 60_000,
};

const defaultLimit = 1_000_000;

export type TableOptions<C> = {
  /** Most connections at a time. Beyond it the oldest goes: an ended one, else an opening one, else any. */
  readonly limit?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** Whether a packet in the middle of an unknown connection begins one, which is then established. */
  readonly pickUp?: boolean;
  /** What the capture shows, where that is not all. */
  readonly evidence?: Evidence;
  /** Each at most once for a connection, in this order; `ended` comes for every one that was opened. */
  readonly onOpened?: (connection: C) => void;
  readonly onEstablished?: (connection: C, time: number) => void;
  /** Silence ends at the time when it has lasted too long, which is before that of the packet at hand. */
  readonly onEnded?: (connection: C, cause: EndCause, time: number) => void;
  /** After `onEnded`: the table has it no more. */
  readonly onForgotten?: (connection: C) => void;
};

/** In which order connections make room. */
const room: readonly ConnectionState[] = [
  'ended',
  'dropped',
  'opening',
  'closing',
  'half-closed',
  'established',
];

/** Those of which nothing more is to come, or nothing has come yet. */
const mayGo: readonly ConnectionState[] = ['ended', 'dropped', 'opening', 'closing'];

function isOver(state: ConnectionState): boolean {
  return state === 'ended' || state === 'dropped';
}

/** The TCP connections of a capture, found by their two ends in either direction. Its clock is that of the packets. */
export class ConnectionTable<C> {
  readonly #store: ConnectionStore<C>;
  readonly #options: TableOptions<C>;
  readonly #timeouts: Timeouts;
  readonly #limit: number;
  #clock = Number.NEGATIVE_INFINITY;
  /** That of the packet at hand: it makes no room for itself. */
  #atHand: C | undefined;

  constructor(store: ConnectionStore<C>, options: TableOptions<C> = {}) {
    this.#store = store;
    this.#options = options;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#limit = Math.max(1, options.limit ?? defaultLimit);
  }

  /** How many are held, ended ones that are remembered included. */
  get count(): number {
    return this.#store.count;
  }

  /** The connection of a TCP packet, ended or not. */
  find(packet: Packet): C | undefined {
    return this.#store.find(packet);
  }

  /** A new connection whose client is the packet's source; undefined when there is a live one between its ends. */
  open(packet: Packet): C | undefined {
    this.advance(packet.time);
    const known = this.#store.find(packet);
    this.#atHand = undefined;
    if (known !== undefined) {
      if (!isOver(this.#store.stateOf(known))) return undefined;
      this.#forget(known);
    }
    return this.#open(true, false);
  }

  /**
   * Takes a TCP packet into account: opens its connection, or follows it.
   *
   * @param acknowledgement that of the packet, in the numbers of what was captured
   * @returns its connection, which this packet may have ended; undefined when it belongs to none
   */
  track(packet: Packet, tcp: Tcp, acknowledgement = tcp.acknowledgement): C | undefined {
    this.advance(packet.time);
    const store = this.#store;
    const known = store.find(packet);
    this.#atHand = known;
    if (known === undefined || isOver(store.stateOf(known))) return this.#begin(tcp, known);
    const isFromClient = store.isFromClient(known, packet);
    if (this.#follow(known, tcp, isFromClient, acknowledgement) !== 'replaced') return known;
    // The answer to a SYN that came while this one was thought to be alive: the server is who sends it.
    const { rivalSyn } = store.read(known);
    this.#forget(known);
    const opened = this.#open(false, false);
    this.#change(opened, ({ client }) => client.begin(rivalSyn ?? 0));
    this.#follow(opened, tcp, false);
    return opened;
  }

  /** Moves the clock on, never back, and ends what has been silent for too long. */
  advance(time: number): void {
    if (time <= this.#clock) return;
    this.#clock = time;
    for (const state of room) {
      const limit = time - this.#timeouts[state];
      for (
        let oldest = this.#store.oldestOf(state);
        oldest !== undefined && this.#store.lastSeenOf(oldest) < limit;
        oldest = this.#store.oldestOf(state)
      ) {
        this.#expire(oldest, state);
      }
    }
  }

  /** Ends it, and remembers it for as long as packets of it come. */
  drop(connection: C): void {
    this.#end(connection, 'dropped', this.#clock);
  }

  /** Ends it as both FINs do. */
  finish(connection: C): void {
    this.#end(connection, 'fin', this.#clock);
  }

  /** Ends it and forgets it. */
  close(connection: C): void {
    this.#end(connection, 'closed', this.#clock);
    this.#forget(connection);
  }

  /**
   * Ends and forgets the oldest of those that matter least, but never that of the packet at hand.
   *
   * @param isAny whether it may be one that is alive and complete, when there is no other
   * @returns false when there is none
   */
  makeRoom(isAny: boolean): boolean {
    for (const state of isAny ? room : mayGo) {
      let chosen = this.#store.oldestOf(state);
      if (chosen !== undefined && chosen === this.#atHand) chosen = this.#store.newerThan(chosen);
      if (chosen === undefined) continue;
      this.#end(chosen, 'evicted', this.#clock);
      this.#forget(chosen);
      return true;
    }
    return false;
  }

  /** The capture is over: ends what is left, oldest first within each state. */
  end(): void {
    for (const state of room) {
      for (
        let oldest = this.#store.oldestOf(state);
        oldest !== undefined;
        oldest = this.#store.oldestOf(state)
      ) {
        this.#end(oldest, 'end of capture', this.#clock);
        this.#forget(oldest);
      }
    }
  }

  /** A packet of no live connection. */
  #begin(tcp: Tcp, ended: C | undefined): C | undefined {
    const kind = tcp.flags & (Flag.syn | Flag.ack | Flag.rst);
    const isOpening = kind === Flag.syn;
    // Its SYN comes behind it, or was not captured: the client still has to acknowledge it.
    if (kind === (Flag.syn | Flag.ack) && ended === undefined) return this.#beginAnswered(tcp);
    if (!isOpening && (ended !== undefined || !this.#mayPickUp(tcp))) {
      if (ended !== undefined) this.#change(ended, () => {});
      return ended;
    }
    if (ended !== undefined) this.#forget(ended);
    const isFromClient = isOpening || isLikelyClient(tcp);
    const opened = this.#open(isFromClient, !isOpening);
    if (!isOpening) this.#change(opened, (followed) => adoptSides(followed, tcp, isFromClient));
    this.#follow(opened, tcp, isFromClient);
    return opened;
  }

  #beginAnswered(tcp: Tcp): C {
    const opened = this.#open(false, false);
    this.#change(opened, ({ client }) => client.begin(tcp.acknowledgement - 1));
    this.#follow(opened, tcp, false);
    return opened;
  }

  /** Not by what may be the end of one that was forgotten. */
  #mayPickUp(tcp: Tcp): boolean {
    if (this.#options.pickUp !== true || (tcp.flags & (Flag.fin | Flag.rst)) !== 0) return false;
    return tcp.sequenceLength > 0;
  }

  #open(isFromClient: boolean, isPickedUp: boolean): C {
    if (this.count >= this.#limit) this.makeRoom(true);
    const opened = this.#store.add(isFromClient, isPickedUp, this.#clock);
    this.#atHand = opened;
    this.#options.onOpened?.(opened);
    return opened;
  }

  #change(connection: C, change: (followed: Followed) => void): void {
    change(this.#store.read(connection));
    this.#store.write(connection, this.#clock);
  }

  #follow(connection: C, tcp: Tcp, isFromClient: boolean, acknowledgement = tcp.acknowledgement): Step {
    const before = this.#store.stateOf(connection);
    const followed = this.#store.read(connection);
    const step = followSegment(followed, tcp, isFromClient, this.#options.evidence, acknowledgement);
    const { state } = followed;
    this.#store.write(connection, this.#clock);
    if (before === 'opening' && state !== 'opening') this.#options.onEstablished?.(connection, this.#clock);
    if (step === 'reset' || step === 'fin' || step === 'replaced') this.#end(connection, step, this.#clock);
    return step;
  }

  #expire(connection: C, state: ConnectionState): void {
    const lastSeen = this.#store.lastSeenOf(connection);
    if (state === 'closing') this.#end(connection, 'fin', lastSeen);
    else this.#end(connection, 'timeout', lastSeen + this.#timeouts[state]);
    this.#forget(connection);
  }

  #end(connection: C, cause: EndCause, time: number): void {
    if (isOver(this.#store.stateOf(connection))) return;
    this.#store.end(connection, cause === 'dropped' ? 'dropped' : 'ended', cause);
    this.#options.onEnded?.(connection, cause, time);
  }

  #forget(connection: C): void {
    if (!this.#store.remove(connection)) return;
    if (this.#atHand === connection) this.#atHand = undefined;
    this.#options.onForgotten?.(connection);
  }
}

/** Without its SYN: who answers to one is the server; else the lower port is taken for the service. */
function isLikelyClient(tcp: Tcp): boolean {
  return !tcp.has(Flag.syn) && tcp.sourcePort >= tcp.destinationPort;
}

function adoptSides({ client, server }: Followed, tcp: Tcp, isFromClient: boolean): void {
  const [sender, receiver] = isFromClient ? [client, server] : [server, client];
  if (!tcp.has(Flag.syn)) sender.adopt(tcp.sequence);
  if (tcp.has(Flag.ack)) receiver.adopt(tcp.acknowledgement);
}
