import { read } from '../../memory/words.ts';
import type { ConnectionState } from '../../packets/connections/captured-connection.ts';
import type { ConnectionStore, Followed } from '../../packets/connections/connection-store.ts';
import { Half } from '../../packets/connections/half.ts';
import { hashEnds, PacketEnds } from '../../packets/connections/packet-ends.ts';
import type { Packet } from '../../packets/packet.ts';
import { emptyList, Links, type List, NONE } from '../links.ts';
import { readHalf, writeHalf } from './half-words.ts';

// A connection. Links to others are their number + 1, so that 0 is none.
const NEXT = 0;
const HASH = 1;
/** Four words each. */
const CLIENT = 2;
const SERVER = 6;
/** Of the client in the upper half, of the server in the lower one. */
const PORTS = 10;
const BITS = 11;
const RIVAL_SYN = 12;
/** Five words each. */
const CLIENT_HALF = 13;
const SERVER_HALF = 18;
const RIVAL_ANSWER = 23;
const CONNECTION_WORDS = 24;

// Bits: three of state, then flags, then eight for each half.
const STATE = 7;
const HAS_RIVAL = 8;
/** For whoever follows it: its beginning was not seen; it is open, as Levee would see it; the client has sent a byte. */
export const PICKED_UP = 16;
export const OPEN = 32;
export const SPOKEN = 64;
const CLIENT_BITS = 8;
const SERVER_BITS = 16;
const HAS_RIVAL_ANSWER = 128;
const HALVES = 0xffff << CLIENT_BITS;

/** By their number in the bits. */
const states: readonly ConnectionState[] = [
  'opening',
  'established',
  'half-closed',
  'closing',
  'dropped',
  'ended',
];

/** So many there is room for at first, and after that. */
const rooms: readonly number[] = [4096, 65_536];

/**
 * TCP connections of a capture by number, 116 bytes each. A flood leaves a million of them: a capture of three million
 * SYNs took 286 MB and 5.4 s of processor time this way, and 1189 MB and 8.5 s with the objects of `KeptConnections`.
 */
export class FollowedConnections implements ConnectionStore<number> {
  readonly #ends = new PacketEnds();
  readonly #read: Followed = {
    state: 'opening',
    client: new Half(),
    server: new Half(),
    rivalSyn: undefined,
    rivalAnswer: undefined,
  };
  /** So that nobody can write a capture whose connections all meet in one chain. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 0;
  /** Of each state, in the order in which they were last seen. */
  readonly #ages: readonly List[] = states.map(emptyList);
  readonly #links = new Links();
  readonly #most: number;
  #room = 0;
  #words = new Int32Array(0);
  #lastSeen = new Float64Array(0);
  /** One for each chain, as many as a power of two. */
  #heads = new Int32Array(1);
  #hash = 0;
  #used = 0;
  #free = 0;
  #count = 0;

  /** `most` that there may be at a time. */
  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  find(packet: Packet): number | undefined {
    this.#ends.read(packet);
    this.#hash = hashEnds(this.#ends, this.#seed);
    let link = read(this.#heads, this.#hash & (this.#heads.length - 1));
    while (link !== 0 && !this.#isOfPacket((link - 1) * CONNECTION_WORDS)) {
      link = read(this.#words, (link - 1) * CONNECTION_WORDS + NEXT);
    }
    return numbered(link - 1);
  }

  isFromClient(connection: number): boolean {
    const at = connection * CONNECTION_WORDS;
    const { source, sourcePort } = this.#ends;
    return read(this.#words, at + PORTS) >>> 16 === sourcePort && this.#isAt(at + CLIENT, source);
  }

  add(isFromClient: boolean, isPickedUp: boolean, time: number): number {
    const connection = this.#free === 0 ? this.#used : this.#free - 1;
    const at = connection * CONNECTION_WORDS;
    if (connection < this.#used) this.#free = read(this.#words, at + NEXT);
    else if (++this.#used > this.#room) this.#grow();
    const { source, sourcePort, destination, destinationPort } = this.#ends;
    const words = this.#words.fill(0, at, at + CONNECTION_WORDS);
    words.set(source, at + (isFromClient ? CLIENT : SERVER));
    words.set(destination, at + (isFromClient ? SERVER : CLIENT));
    words[at + PORTS] = isFromClient
      ? (sourcePort << 16) | destinationPort
      : (destinationPort << 16) | sourcePort;
    words[at + HASH] = this.#hash;
    words[at + BITS] = isPickedUp ? PICKED_UP : 0;
    this.#lastSeen[connection] = time;
    this.#chain(connection);
    this.#append(connection);
    this.#count++;
    return connection;
  }

  remove(connection: number): boolean {
    const at = connection * CONNECTION_WORDS;
    const next = read(this.#words, at + NEXT);
    const head = read(this.#words, at + HASH) & (this.#heads.length - 1);
    let link = read(this.#heads, head);
    let before = NONE;
    while (link !== connection + 1) {
      before = (link - 1) * CONNECTION_WORDS;
      link = read(this.#words, before + NEXT);
    }
    if (before === NONE) this.#heads[head] = next;
    else this.#words[before + NEXT] = next;
    this.#detach(connection);
    this.#words[at + NEXT] = this.#free;
    this.#free = connection + 1;
    this.#count--;
    return true;
  }

  stateOf(connection: number): ConnectionState {
    return states[this.#stateOf(connection)] ?? 'ended';
  }

  lastSeenOf(connection: number): number {
    return this.#lastSeen[connection] ?? 0;
  }

  oldestOf(state: ConnectionState): number | undefined {
    return numbered(this.#ages[states.indexOf(state)]?.first ?? NONE);
  }

  newerThan(connection: number): number | undefined {
    return numbered(this.#links.after(connection));
  }

  has(connection: number, flag: number): boolean {
    return (read(this.#words, connection * CONNECTION_WORDS + BITS) & flag) !== 0;
  }

  mark(connection: number, flag: number): void {
    const at = connection * CONNECTION_WORDS + BITS;
    this.#words[at] = read(this.#words, at) | flag;
  }

  unmark(connection: number, flag: number): void {
    const at = connection * CONNECTION_WORDS + BITS;
    this.#words[at] = read(this.#words, at) & ~flag;
  }

  endsOf(connection: number): Pick<PacketEnds, 'source' | 'sourcePort' | 'destination' | 'destinationPort'> {
    const at = connection * CONNECTION_WORDS;
    const ports = read(this.#words, at + PORTS);
    return {
      source: Uint32Array.from(this.#words.subarray(at + CLIENT, at + SERVER)),
      sourcePort: ports >>> 16,
      destination: Uint32Array.from(this.#words.subarray(at + SERVER, at + PORTS)),
      destinationPort: ports & 0xffff,
    };
  }

  read(connection: number): Followed {
    const words = this.#words;
    const at = connection * CONNECTION_WORDS;
    const bits = read(words, at + BITS);
    const into = this.#read;
    into.state = states[bits & STATE] ?? 'ended';
    into.rivalSyn = (bits & HAS_RIVAL) === 0 ? undefined : read(words, at + RIVAL_SYN) >>> 0;
    into.rivalAnswer = (bits & HAS_RIVAL_ANSWER) === 0 ? undefined : read(words, at + RIVAL_ANSWER) >>> 0;
    readHalf(words, at + CLIENT_HALF, bits >>> CLIENT_BITS, into.client);
    readHalf(words, at + SERVER_HALF, bits >>> SERVER_BITS, into.server);
    return into;
  }

  write(connection: number, time: number): void {
    const words = this.#words;
    const at = connection * CONNECTION_WORDS;
    const { client, server, rivalSyn, rivalAnswer, state } = this.#read;
    words[at + RIVAL_SYN] = rivalSyn ?? 0;
    words[at + RIVAL_ANSWER] = rivalAnswer ?? 0;
    const bits = read(words, at + BITS) & ~(HALVES | HAS_RIVAL | HAS_RIVAL_ANSWER);
    words[at + BITS] =
      bits |
      (rivalSyn === undefined ? 0 : HAS_RIVAL) |
      (rivalAnswer === undefined ? 0 : HAS_RIVAL_ANSWER) |
      (writeHalf(client, words, at + CLIENT_HALF) << CLIENT_BITS) |
      (writeHalf(server, words, at + SERVER_HALF) << SERVER_BITS);
    this.#lastSeen[connection] = time;
    this.#move(connection, state);
  }

  end(connection: number, state: 'dropped' | 'ended'): void {
    this.#move(connection, state);
  }

  /** Behind all others of this state. */
  #move(connection: number, state: ConnectionState): void {
    const number = states.indexOf(state);
    if (number === this.#stateOf(connection) && this.#ages[number]?.last === connection) return;
    this.#detach(connection);
    const at = connection * CONNECTION_WORDS + BITS;
    this.#words[at] = (read(this.#words, at) & ~STATE) | number;
    this.#append(connection);
  }

  #isOfPacket(at: number): boolean {
    const { source, sourcePort, destination, destinationPort } = this.#ends;
    const ports = read(this.#words, at + PORTS);
    const [client, server] = [ports >>> 16, ports & 0xffff];
    return (
      (client === sourcePort &&
        server === destinationPort &&
        this.#isAt(at + CLIENT, source) &&
        this.#isAt(at + SERVER, destination)) ||
      (server === sourcePort &&
        client === destinationPort &&
        this.#isAt(at + SERVER, source) &&
        this.#isAt(at + CLIENT, destination))
    );
  }

  #isAt(at: number, address: Uint32Array): boolean {
    const words = this.#words;
    for (let word = 3; word >= 0; word--) if (words[at + word] !== ((address[word] ?? 0) | 0)) return false;
    return true;
  }

  #stateOf(connection: number): number {
    return read(this.#words, connection * CONNECTION_WORDS + BITS) & STATE;
  }

  #chain(connection: number): void {
    const at = connection * CONNECTION_WORDS;
    const head = read(this.#words, at + HASH) & (this.#heads.length - 1);
    this.#words[at + NEXT] = read(this.#heads, head);
    this.#heads[head] = connection + 1;
  }

  /** To few, to many, to all: memory takes its place as it is written to, but to ask for much of it takes time too. */
  #grow(): void {
    const used = this.#room;
    this.#room = Math.min(this.#most, rooms.find((room) => room > used) ?? this.#most);
    const [words, lastSeen] = [this.#words, this.#lastSeen];
    this.#words = new Int32Array(this.#room * CONNECTION_WORDS);
    this.#words.set(words);
    this.#lastSeen = new Float64Array(this.#room);
    this.#lastSeen.set(lastSeen);
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(this.#room)));
    for (let connection = 0; connection < used; connection++) this.#chain(connection);
  }

  /** Into the list of its state. */
  #append(connection: number): void {
    const ages = this.#ages[this.#stateOf(connection)];
    if (ages !== undefined) this.#links.append(ages, connection);
  }

  #detach(connection: number): void {
    const ages = this.#ages[this.#stateOf(connection)];
    if (ages !== undefined) this.#links.remove(ages, connection);
  }
}

function numbered(link: number): number | undefined {
  return link === NONE ? undefined : link;
}
