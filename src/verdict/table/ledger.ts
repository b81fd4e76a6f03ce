import { read, type Words } from '../../memory/words.ts';
import { ADDRESS_WORDS } from '../../net/address.ts';

/** Entries that were ever used. Written before the entry is, so that recovery misses none. */
export const TOUCHED = 0;
const HEADER_WORDS = 16;

// An entry: one admitted connection.
/** The slot that counts it, or 0: free, or admitted uncounted. */
export const SLOT = 0;
/** 0 when the entry is free. */
export const FLAGS = 1;
export const POLICY = 2;
/** Next entry of the free list + 1, or 0. Only the worker itself reads it. */
export const NEXT = 3;
/** Four words, unmasked, so that a changed prefix can count it anew. */
export const ADDRESS = 4;
const ENTRY_WORDS = ADDRESS + ADDRESS_WORDS;

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

/**
 * One worker's connections in shared memory: what it has added to the counts, so that the main thread can
 * take it away when the worker ends. An entry that points at a slot changes only under the lock of that
 * slot's shard.
 */
export class Ledger {
  readonly words: Words;
  readonly capacity: number;
  #free = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
    this.capacity = (this.words.length - HEADER_WORDS) / ENTRY_WORDS;
  }

  entryAt(connection: number): number {
    return HEADER_WORDS + connection * ENTRY_WORDS;
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
    else this.#free = read(this.words, this.entryAt(connection) + NEXT);
  }

  /**
   * The entry of a connection.
   *
   * @throws RangeError when there is no such connection.
   */
  held(connection: number): number {
    const entry = this.entryAt(connection);
    if (connection < 0 || read(this.words, entry + FLAGS) === 0) {
      throw new RangeError(`connection ${connection} is not held`);
    }
    return entry;
  }

  /**
   * Writes the entry of a connection that no slot counts: that of a new one, whose number `peek` gave, or that of
   * one which is held already.
   *
   * @param marks flags besides IN_USE
   */
  enter(connection: number, policy: number, address: Uint32Array, marks: number): number {
    const { words } = this;
    const entry = this.entryAt(connection);
    if (read(words, entry + FLAGS) === 0) this.take(connection);
    words[entry + POLICY] = policy;
    for (let word = 0; word < ADDRESS_WORDS; word++) words[entry + ADDRESS + word] = address[word] ?? 0;
    words[entry + FLAGS] = IN_USE | marks;
    return entry;
  }

  /** Gives the number of a connection back that no slot counts. */
  put(connection: number): void {
    const entry = this.entryAt(connection);
    this.words[entry + FLAGS] = 0;
    this.words[entry + NEXT] = this.#free;
    this.#free = connection + 1;
  }

  /** Empties it for another worker; its connections are off the counts. */
  clear(): void {
    this.words.fill(0, 0, this.entryAt(this.touched()));
    this.#free = 0;
  }
}

/**
 * Shared memory for the connections of one worker, 32 bytes each.
 *
 * @param capacity the most connections that it may hold: its limit of descriptors
 * @throws RangeError when that is no positive whole number.
 */
export function createLedger(capacity: number): SharedArrayBuffer {
  if (!Number.isInteger(capacity) || capacity < 1)
    throw new RangeError('a ledger holds at least 1 connection');
  return new SharedArrayBuffer((HEADER_WORDS + capacity * ENTRY_WORDS) * Int32Array.BYTES_PER_ELEMENT);
}
