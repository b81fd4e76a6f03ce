import { isIPv4, MAPPED } from '../../../net/address.ts';
import type { Calls } from './calls.ts';

/** A struct epoll_event is packed on x86-64 only. In words: its events, its two words of data, its length. */
const packed = process.arch === 'x64';
const eventData = packed ? 1 : 2;
const eventWords = packed ? 3 : 4;

/** Events that are fetched at once. */
export const mostEvents = 64;
/** What is read at once; also what `Engine.probe` takes for read at once. */
export const readSize = 65_536;

/** Of a struct tcp_info all up to `tcpi_unacked`, in bytes. */
const infoBytes = 28;
/** Where that begins in it: of a listening socket, how many connections wait to be accepted. */
const UNACKED = 24;

// Byte offsets.
const EVENTS = 0;
const EVENT = EVENTS + mostEvents * eventWords * 4;
const NAME = EVENT + 16;
const NAME_LENGTH = NAME + 32;
const VALUE = NAME_LENGTH + 4;
const VALUE_LENGTH = VALUE + 8;
const INFO = VALUE_LENGTH + 4;
const INFO_LENGTH = INFO + infoBytes;
const SMALL = 2048;
const READ = 8192;

const nameBytes = 28;
const AF_INET = 2;
const AF_INET6 = 10;

/** The memory that an engine shares with the system: it stays where it is, and its parts are known by their addresses. */
export class CallMemory {
  /** What was read. */
  readonly chunk: Uint8Array<ArrayBuffer>;
  readonly chunkAt: number;
  /** The events that were fetched. */
  readonly eventsAt: number;
  /** One event, to be watched for. */
  readonly eventAt: number;
  /** A struct sockaddr, and how long it is. */
  readonly nameAt: number;
  readonly nameLengthAt: number;
  /** The value of an option, and how long it is. */
  readonly valueAt: number;
  readonly valueLengthAt: number;
  /** The beginning of a struct tcp_info, and how long it is. */
  readonly infoAt: number;
  readonly infoLengthAt: number;
  readonly #smallAt: number;
  readonly #buffer = new ArrayBuffer(READ + readSize);
  readonly #words = new Int32Array(this.#buffer, 0, READ / 4);
  readonly #name = new DataView(this.#buffer, NAME, nameBytes);
  readonly #small = new Uint8Array(this.#buffer, SMALL, READ - SMALL);

  constructor({ addressOf }: Pick<Calls, 'addressOf'>) {
    const begin = addressOf(new Uint8Array(this.#buffer), 0, 0);
    this.chunk = new Uint8Array(this.#buffer, READ, readSize);
    this.chunkAt = begin + READ;
    this.eventsAt = begin + EVENTS;
    this.eventAt = begin + EVENT;
    this.nameAt = begin + NAME;
    this.nameLengthAt = begin + NAME_LENGTH;
    this.valueAt = begin + VALUE;
    this.valueLengthAt = begin + VALUE_LENGTH;
    this.infoAt = begin + INFO;
    this.infoLengthAt = begin + INFO_LENGTH;
    this.#smallAt = begin + SMALL;
  }

  /** Where bytes lie, if they are of what was read; 0: they are not. */
  addressIn(bytes: Uint8Array): number {
    return bytes.buffer === this.#buffer ? this.chunkAt + bytes.byteOffset - READ : 0;
  }

  /** Copies few bytes to where the system can have them, until others are. Returns where that is; 0: they are too many. */
  copyIn(bytes: Uint8Array): number {
    if (bytes.length > READ - SMALL) return 0;
    this.#small.set(bytes);
    return this.#smallAt;
  }

  eventsOf(index: number): number {
    return this.#words[EVENTS / 4 + index * eventWords] ?? 0;
  }

  descriptorOf(index: number): number {
    return this.#words[EVENTS / 4 + index * eventWords + eventData] ?? -1;
  }

  generationOf(index: number): number {
    return this.#words[EVENTS / 4 + index * eventWords + eventData + 1] ?? -1;
  }

  setEvent(events: number, descriptor: number, generation: number): void {
    this.#words[EVENT / 4] = events;
    this.#words[EVENT / 4 + eventData] = descriptor;
    this.#words[EVENT / 4 + eventData + 1] = generation;
  }

  setValue(first: number, second = 0): void {
    this.#words[VALUE / 4] = first;
    this.#words[VALUE / 4 + 1] = second;
    this.#words[VALUE_LENGTH / 4] = 4;
  }

  get value(): number {
    return this.#words[VALUE / 4] ?? 0;
  }

  /** The word behind that. */
  get secondValue(): number {
    return this.#words[VALUE / 4 + 1] ?? 0;
  }

  /** Makes room for a struct tcp_info that the system is about to write. */
  expectInfo(): void {
    this.#words[INFO_LENGTH / 4] = infoBytes;
  }

  /** What the info says of a listening socket. */
  get waitingConnections(): number {
    return this.#words[(INFO + UNACKED) / 4] ?? 0;
  }

  /** Makes room for a name that the system is about to write. */
  expectName(): void {
    this.#words[NAME_LENGTH / 4] = nameBytes;
  }

  /** A struct sockaddr that is to be handed over, in words. */
  setName(name: Int32Array): void {
    for (let word = 0; word < name.length; word++) this.#words[NAME / 4 + word] = name[word] ?? 0;
  }

  /** The address in the name, into four words. Returns its port. */
  readName(into: Uint32Array): number {
    const name = this.#name;
    if (name.getUint16(0, true) === AF_INET6) {
      for (let word = 0; word < 4; word++) into[word] = name.getUint32(8 + word * 4);
    } else {
      into[0] = 0;
      into[1] = 0;
      into[2] = MAPPED;
      into[3] = name.getUint32(4);
    }
    return name.getUint16(2);
  }
}

/** A struct sockaddr of Linux, in words. */
export function nameOf(address: Uint32Array, port: number): Int32Array {
  const isV4 = isIPv4(address);
  const words = new Int32Array(isV4 ? 4 : 7);
  const view = new DataView(words.buffer);
  view.setUint16(0, isV4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port);
  if (isV4) view.setUint32(4, address[3] ?? 0);
  else for (let word = 0; word < 4; word++) view.setUint32(8 + word * 4, address[word] ?? 0);
  return words;
}
