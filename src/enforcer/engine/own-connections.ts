import type { Words } from '../../memory/words.ts';

/** In place of a label: the connection is not one of ours. */
export const NOBODY = -1;

// Words of a place: one connection. Each end is known by a hash of its address and port; both together by 64 bits.
/** Of our end; 0: the place is free. Written first when it is taken, and last when it is left. */
const OWN_END = 0;
const OTHER_END = 1;
const LABEL = 2;
const WORKER = 3;
const PLACE_WORDS = 4;

/** Places of a bucket: a cache line. What finds no place is not known, and then the next connection of a loop is. */
const PLACES = 4;
const BUCKET_WORDS = PLACES * PLACE_WORDS;

/** Shared memory for the connections that all workers have opened; `capacity`: how many they may be. */
export function createOwnConnections(capacity: number): SharedArrayBuffer {
  const buckets = 2 ** Math.max(0, Math.ceil(Math.log2((2 * capacity) / PLACES)));
  return new SharedArrayBuffer(buckets * BUCKET_WORDS * Int32Array.BYTES_PER_ELEMENT);
}

/** A worker has ended, and the system has closed what it had opened. */
export function forgetConnectionsOf(buffer: SharedArrayBuffer, worker: number): void {
  const words = new Int32Array(buffer);
  for (let at = 0; at < words.length; at += PLACE_WORDS) {
    if (Atomics.load(words, at + WORKER) === worker) Atomics.store(words, at + OWN_END, 0);
  }
}

/** A hash of one end of a connection: four words of address, and a port. Never 0. */
function hashEnd(address: Uint32Array, port: number): number {
  let hash = port;
  for (let word = 0; word < 4; word++) {
    hash = Math.imul(hash ^ (address[word] ?? 0), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) | 0 || 1;
}

/**
 * The connections that workers have opened, so that one of them which comes to a listener of the same process is known
 * there: it comes from our end, and goes where ours went to. Without a lock: what is entered or left at this moment may
 * be missing.
 */
export class OwnConnections {
  readonly #words: Words;
  readonly #worker: number;
  readonly #mask: number;

  /** @param worker the number of the worker, from 1 */
  constructor(buffer: SharedArrayBuffer, worker: number) {
    this.#words = new Int32Array(buffer);
    this.#worker = worker;
    this.#mask = this.#words.length / BUCKET_WORDS - 1;
  }

  /**
   * Enters a connection by its ends, ours first.
   *
   * @param label what `labelOf` says of it, not negative
   * @returns what `leave` takes; -1: there was no room
   */
  enter(own: Uint32Array, ownPort: number, other: Uint32Array, otherPort: number, label: number): number {
    const words = this.#words;
    const key = hashEnd(own, ownPort);
    const bucket = this.#bucketOf(key);
    for (let at = bucket; at < bucket + BUCKET_WORDS; at += PLACE_WORDS) {
      if (Atomics.compareExchange(words, at + OWN_END, 0, key) !== 0) continue;
      words[at + LABEL] = label;
      words[at + WORKER] = this.#worker;
      Atomics.store(words, at + OTHER_END, hashEnd(other, otherPort));
      return at;
    }
    return -1;
  }

  /** The connection is about to be closed. */
  leave(place: number): void {
    if (place < 0) return;
    Atomics.store(this.#words, place + OTHER_END, 0);
    Atomics.store(this.#words, place + OWN_END, 0);
  }

  /** Whether one of them has this end on our side: a peer that has not is none of us. */
  hasEnd(own: Uint32Array, ownPort: number): boolean {
    const key = hashEnd(own, ownPort);
    const bucket = this.#bucketOf(key);
    for (let at = bucket; at < bucket + BUCKET_WORDS; at += PLACE_WORDS) {
      if (Atomics.load(this.#words, at + OWN_END) === key) return true;
    }
    return false;
  }

  /** The label of the one with these ends, ours first; NOBODY: there is none. */
  labelOf(own: Uint32Array, ownPort: number, other: Uint32Array, otherPort: number): number {
    const words = this.#words;
    const key = hashEnd(own, ownPort);
    const bucket = this.#bucketOf(key);
    for (let at = bucket; at < bucket + BUCKET_WORDS; at += PLACE_WORDS) {
      const isIt =
        Atomics.load(words, at + OWN_END) === key &&
        Atomics.load(words, at + OTHER_END) === hashEnd(other, otherPort);
      if (isIt) return Atomics.load(words, at + LABEL);
    }
    return NOBODY;
  }

  #bucketOf(key: number): number {
    return (key & this.#mask) * BUCKET_WORDS;
  }
}
