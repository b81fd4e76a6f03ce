import { Flag, type Tcp } from '../headers/tcp.ts';
import type { Packet } from '../packet.ts';
import { AgeList } from './age-list.ts';
import { Connection, type ConnectionState, type EndCause } from './connection.ts';
import { Endpoints, hashEndpoints } from './endpoints.ts';
import { followSegment } from './tcp-state.ts';

/** Milliseconds without a packet after which a connection is over, by its state. */
export type Timeouts = Readonly<Record<ConnectionState, number>>;

export const DEFAULT_TIMEOUTS: Timeouts = {
  opening: 60_000,
  established: 3_600_000,
  'half-closed': 3_600_000,
  closing: 60_000,
  dropped: 3_600_000,
  ended: 60_000,
};

const DEFAULT_LIMIT = 1_000_000;

export type TableOptions<Data> = {
  /** Most connections at a time. Beyond it the oldest goes: an ended one, else an opening one, else any. */
  readonly limit?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** Whether a packet in the middle of an unknown connection begins one, which is then established. */
  readonly pickUp?: boolean;
  /** Each at most once for a connection, in this order; `ended` comes for every one that was opened. */
  readonly onOpened?: (connection: Connection<Data>) => void;
  readonly onEstablished?: (connection: Connection<Data>) => void;
  /** With `cause` set. Silence ends at the time when it has lasted too long, which is before that of the packet at hand. */
  readonly onEnded?: (connection: Connection<Data>, time: number) => void;
  /** After `onEnded`: the table has it no more. */
  readonly onForgotten?: (connection: Connection<Data>) => void;
};

/** In which order connections make room. */
const ROOM: readonly ConnectionState[] = [
  'ended',
  'dropped',
  'opening',
  'closing',
  'half-closed',
  'established',
];

/** Those of which nothing more is to come, or nothing has come yet. */
const MAY_GO: readonly ConnectionState[] = ['ended', 'dropped', 'opening', 'closing'];

/** The TCP connections of a capture, found by their two ends in either direction. Its clock is that of the packets. */
export class ConnectionTable<Data = unknown> {
  readonly #options: TableOptions<Data>;
  readonly #timeouts: Timeouts;
  readonly #limit: number;
  readonly #connections = new Map<number, Connection<Data>>();
  readonly #ages: Readonly<Record<ConnectionState, AgeList<Data>>> = {
    opening: new AgeList(),
    established: new AgeList(),
    'half-closed': new AgeList(),
    closing: new AgeList(),
    dropped: new AgeList(),
    ended: new AgeList(),
  };
  /** So that nobody can write a capture whose connections all meet in one place. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 0;
  readonly #ends = new Endpoints();
  #hash = 0;
  #count = 0;
  #clock = Number.NEGATIVE_INFINITY;
  /** That of the packet at hand: it makes no room for itself. */
  #atHand: Connection<Data> | undefined;

  constructor(options: TableOptions<Data> = {}) {
    this.#options = options;
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.#limit = Math.max(1, options.limit ?? DEFAULT_LIMIT);
  }

  /** How many are held, ended ones that are remembered included. */
  get count(): number {
    return this.#count;
  }

  /** The connection of a TCP packet, ended or not. */
  find(packet: Packet): Connection<Data> | undefined {
    this.#ends.read(packet);
    this.#hash = hashEndpoints(this.#ends, this.#seed);
    let found = this.#connections.get(this.#hash);
    while (found !== undefined && !found.isBetween(this.#ends)) found = found.sameHash;
    return found;
  }

  /** A new connection whose client is the packet's source; undefined when there is a live one between its ends. */
  open(packet: Packet): Connection<Data> | undefined {
    const known = this.find(packet);
    this.#atHand = undefined;
    if (known?.isOver === false) return undefined;
    if (known !== undefined) this.#forget(known);
    return this.#open(packet, true, false);
  }

  /**
   * Takes a TCP packet into account: opens its connection, or follows it.
   *
   * @returns its connection, which this packet may have ended; undefined when it belongs to none
   */
  track(packet: Packet, tcp: Tcp): Connection<Data> | undefined {
    this.advance(packet.time);
    const known = this.find(packet);
    this.#atHand = known;
    if (known === undefined || known.isOver) return this.#begin(packet, tcp, known);
    this.#follow(known, tcp, known.isFromClient(packet));
    if (known.cause !== 'replaced') return known;
    // The answer to a SYN that came while this one was thought to be alive: the server is who sends it.
    this.#forget(known);
    const opened = this.#open(packet, false, false);
    opened.client.begin(known.rivalSyn ?? 0);
    this.#follow(opened, tcp, false);
    return opened;
  }

  /** Moves the clock on, never back, and ends what has been silent for too long. */
  advance(time: number): void {
    if (time <= this.#clock) return;
    this.#clock = time;
    for (const state of ROOM) {
      const ages = this.#ages[state];
      const limit = time - this.#timeouts[state];
      for (let oldest = ages.oldest; oldest !== undefined && oldest.lastSeen < limit; oldest = ages.oldest) {
        this.#expire(oldest);
      }
    }
  }

  /** Ends it, and remembers it for as long as packets of it come. */
  drop(connection: Connection<Data>): void {
    this.#end(connection, 'dropped', this.#clock);
  }

  /** Ends it and forgets it. */
  close(connection: Connection<Data>): void {
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
    for (const state of isAny ? ROOM : MAY_GO) {
      const { oldest } = this.#ages[state];
      const chosen = oldest === this.#atHand ? oldest?.newer : oldest;
      if (chosen === undefined) continue;
      this.#end(chosen, 'evicted', this.#clock);
      this.#forget(chosen);
      return true;
    }
    return false;
  }

  /** The capture is over: ends what is left, oldest first within each state. */
  end(): void {
    for (const state of ROOM) {
      const ages = this.#ages[state];
      for (let oldest = ages.oldest; oldest !== undefined; oldest = ages.oldest) {
        this.#end(oldest, 'end of capture', this.#clock);
        this.#forget(oldest);
      }
    }
  }

  /** A packet of no live connection. */
  #begin(packet: Packet, tcp: Tcp, ended: Connection<Data> | undefined): Connection<Data> | undefined {
    const isOpening = (tcp.flags & (Flag.syn | Flag.ack | Flag.rst)) === Flag.syn;
    if (!isOpening && (ended !== undefined || !this.#mayPickUp(tcp))) {
      if (ended !== undefined) this.#touch(ended, ended.state);
      return ended;
    }
    if (ended !== undefined) this.#forget(ended);
    const isFromClient = isOpening || isLikelyClient(tcp);
    const opened = this.#open(packet, isFromClient, !isOpening);
    if (!isOpening) adoptSides(opened, tcp, isFromClient);
    this.#follow(opened, tcp, isFromClient);
    return opened;
  }

  /** Not by what may be the end of one that was forgotten. */
  #mayPickUp(tcp: Tcp): boolean {
    if (this.#options.pickUp !== true || (tcp.flags & (Flag.fin | Flag.rst)) !== 0) return false;
    return tcp.sequenceLength > 0;
  }

  #open(packet: Packet, isFromClient: boolean, isPickedUp: boolean): Connection<Data> {
    if (this.#count >= this.#limit) this.makeRoom(true);
    this.advance(packet.time);
    const opened = new Connection<Data>(this.#ends, isFromClient, this.#clock, this.#hash, isPickedUp);
    opened.sameHash = this.#connections.get(this.#hash);
    this.#connections.set(this.#hash, opened);
    this.#ages.opening.add(opened);
    this.#count++;
    this.#atHand = opened;
    this.#options.onOpened?.(opened);
    return opened;
  }

  #follow(connection: Connection<Data>, tcp: Tcp, isFromClient: boolean): void {
    const before = connection.state;
    const step = followSegment(connection, tcp, isFromClient);
    this.#touch(connection, before);
    if (before === 'opening' && connection.state !== 'opening') {
      connection.established = this.#clock;
      this.#options.onEstablished?.(connection);
    }
    if (step === 'reset' || step === 'fin' || step === 'replaced') this.#end(connection, step, this.#clock);
  }

  #touch(connection: Connection<Data>, before: ConnectionState): void {
    connection.lastSeen = this.#clock;
    const ages = this.#ages[before];
    if (before === connection.state && ages.isNewest(connection)) return;
    ages.remove(connection);
    this.#ages[connection.state].add(connection);
  }

  #expire(connection: Connection<Data>): void {
    if (connection.state === 'closing') this.#end(connection, 'fin', connection.lastSeen);
    else this.#end(connection, 'timeout', connection.lastSeen + this.#timeouts[connection.state]);
    this.#forget(connection);
  }

  #end(connection: Connection<Data>, cause: EndCause, time: number): void {
    if (connection.isOver) return;
    this.#ages[connection.state].remove(connection);
    connection.state = cause === 'dropped' ? 'dropped' : 'ended';
    connection.cause = cause;
    this.#ages[connection.state].add(connection);
    this.#options.onEnded?.(connection, time);
  }

  /** Takes an ended connection out. */
  #forget(connection: Connection<Data>): void {
    const first = this.#connections.get(connection.hash);
    if (first === connection) {
      if (connection.sameHash === undefined) this.#connections.delete(connection.hash);
      else this.#connections.set(connection.hash, connection.sameHash);
    } else {
      let before = first;
      while (before !== undefined && before.sameHash !== connection) before = before.sameHash;
      if (before === undefined) return;
      before.sameHash = connection.sameHash;
    }
    this.#ages[connection.state].remove(connection);
    this.#count--;
    if (this.#atHand === connection) this.#atHand = undefined;
    this.#options.onForgotten?.(connection);
  }
}

/** Without its SYN: who answers to one is the server; else the lower port is taken for the service. */
const isLikelyClient = (tcp: Tcp): boolean => !tcp.has(Flag.syn) && tcp.sourcePort >= tcp.destinationPort;

const adoptSides = (opened: Connection, tcp: Tcp, isFromClient: boolean): void => {
  const sender = isFromClient ? opened.client : opened.server;
  const receiver = isFromClient ? opened.server : opened.client;
  if (!tcp.has(Flag.syn)) sender.adopt(tcp.sequence);
  if (tcp.has(Flag.ack)) receiver.adopt(tcp.acknowledgement);
};
