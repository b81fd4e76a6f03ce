import { read, type Words } from '../../memory/words.ts';
import { ADDRESS_WORDS } from '../../net/address.ts';

/** Entries that were ever used. Written before the entry is, so that recovery misses none. */
export const TOUCHED = 0;
const HEADER_WORDS = 16;

// An entry: one admitted connection.
/** The slot that counts it; 0: none, for want of room; OVER: none any more. */
export const SLOT = 0;
/** 0 when the entry is free. */
export const FLAGS = 1;
export const POLICY = 2;
/** Only the worker itself writes it: a socket of the engine, NO_SOCKET, CLOSING, or one that stalls. */
export const SOCKET = 3;
/** Four words, unmasked, so that a changed prefix can count it anew. */
export const ADDRESS = 4;
/** Its neighbours among the connections of its source, over all ledgers: references of ledgers.ts, or 0. */
export const NEWER = 8;
export const OLDER = 9;
/** Of a free entry: the next one of the free list + 1, or 0. Only the worker itself reads it. */
const NEXT_FREE = OLDER;
const ENTRY_WORDS = OLDER + 1;

/** In place of a slot: the connection is over, and counts nowhere again. */
export const OVER = -1;

/** In place of a socket: there is none that could be asked. */
export const NO_SOCKET = -1;
/** Likewise: the system call that ends it is under way. */
export const CLOSING = -2;
/** From here downwards: a socket that its worker does not read at the moment. */
const STALLED = -3;

/** How an entry says of a socket that its worker does not read it at the moment, and back again. */
export function stalled(socket: number): number {
  return STALLED - socket;
}

export function isStalled(entered: number): boolean {
  return entered <= STALLED;
}

/** The socket of an entry, stalled or not; negative where it says that there is none. */
export function socketOf(entered: number): number {
  return isStalled(entered) ? stalled(entered) : entered;
}

export const IN_USE = 1;
/** It is part of the shadow count, as long as the slot's shadow epoch is the one in the bits above. */
export const SHADOW_ADMITTED = 2;
/** It is part of the silent count. */
export const SILENT = 4;
/** It is not judged yet. */
export const HELD = 8;
const EPOCH_SHIFT = 4;
const EPOCH_AND_SHADOW = ~(IN_USE | SILENT | HELD);

export function shadowAdmitted(epoch: number): number {
  return (epoch << EPOCH_SHIFT) | SHADOW_ADMITTED;
}

/** Whether an entry with these flags is part of the shadow count of a slot at this epoch. */
export function isInShadow(flags: number, epoch: number): boolean {
  return (flags & EPOCH_AND_SHADOW) === shadowAdmitted(epoch);
}

export function entryAt(connection: number): number {
  return HEADER_WORDS + connection * ENTRY_WORDS;
}

/**
 * One worker's connections in shared memory: what it has added to the counts, so that the main thread can
 * take it away when the worker ends. An entry that points at a slot changes only under the lock of that
 * slot's shard; anyone may count it out there, once it is over.
 */
export class Ledger {
  readonly words: Words;
  readonly capacity: number;
  #free = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
    this.capacity = (this.words.length - HEADER_WORDS) / ENTRY_WORDS;
  }

  touched(): number {
    return Atomics.load(this.words, TOUCHED);
  }

  /** The connection number that `take` would give, or -1. */
  peek(): number {
    if (this.#free !== 0) return this.#free - 1;
    const touched = read(this.words, TOUCHED);
    return touched < this.capacity ? touched : -1;
  }

  /** Takes the number that `peek` gave. */
  take(connection: number): void {
    if (this.#free === 0) Atomics.store(this.words, TOUCHED, connection + 1);
    else this.#free = read(this.words, entryAt(connection) + NEXT_FREE);
  }

  /**
   * The entry of a connection.
   *
   * @throws RangeError when there is no such connection.
   */
  held(connection: number): number {
    const entry = entryAt(connection);
    if (connection < 0 || read(this.words, entry + FLAGS) === 0) {
      throw new RangeError(`connection ${connection} is not held`);
    }
    return entry;
  }

  /**
   * Writes the entry of a connection that no slot counts: that of a new one, whose number `peek` gave, or that of
   * one which is held already, and keeps its socket.
   *
   * @param marks flags besides IN_USE
   */
  enter(connection: number, policy: number, address: Uint32Array, marks: number, socket: number): void {
    const { words } = this;
    const entry = entryAt(connection);
    if (read(words, entry + FLAGS) === 0) {
      this.take(connection);
      Atomics.store(words, entry + SOCKET, socket);
    }
    words[entry + SLOT] = 0;
    words[entry + POLICY] = policy;
    for (let word = 0; word < ADDRESS_WORDS; word++) words[entry + ADDRESS + word] = address[word] ?? 0;
    words[entry + FLAGS] = IN_USE | marks;
  }

  /** Gives the number of a connection back that is over. */
  put(connection: number): void {
    const entry = entryAt(connection);
    this.words[entry + FLAGS] = 0;
    this.words[entry + NEXT_FREE] = this.#free;
    this.#free = connection + 1;
  }

  /** Empties it for another worker; its connections are off the counts. */
  clear(): void {
    this.words.fill(0, 0, entryAt(this.touched()));
    this.#free = 0;
  }
}

/** A reference has so many bits for the connection. */
const mostEntries = 2 ** 22;

/**
 * Shared memory for the connections of one worker, 40 bytes each.
 *
 * @param capacity the most connections that it may hold: its limit of descriptors
 * @throws RangeError when that is no positive whole number, or more than four million
 */
export function createLedger(capacity: number): SharedArrayBuffer {
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > mostEntries)
    throw new RangeError(`a ledger holds 1 to ${mostEntries} connections`);
  return new SharedArrayBuffer(entryAt(capacity) * Int32Array.BYTES_PER_ELEMENT);
}
