import { read, type Words } from '../../memory/words.ts';

/** In place of a label: the connection is not one of ours. */
export const NOBODY = -1;

// Shared memory: this header, then a part for each worker. A part is the heads of chains, and places for connections.
const WORKERS = 0;
const HEADS = 1;
const CAPACITY = 2;
/** Connections that are entered now, of all workers. */
const ENTERED = 3;
const HEADER_WORDS = 16;

// A place: one connection. Each end is known by a hash of its address and port, both together by 64 bits.
const OWN_END = 0;
const OTHER_END = 1;
const LABEL = 2;
/** The next one of the chain, or of the free ones: where its place begins, or 0. */
const NEXT = 3;
const PLACE_WORDS = 4;

/** 64 KiB: what few connections touch at random stays small, and chains of very many are still short. */
const mostHeads = 16_384;
/** A chain that changes under a reader's eyes may lead it astray: no further than this. */
const mostSteps = 256;

/** Shared memory for the connections that workers open; `capacity`: how many one of them may have. */
export function createOwnConnections(workers: number, capacity: number): SharedArrayBuffer {
  const heads = Math.min(mostHeads, 2 ** Math.ceil(Math.log2(capacity)));
  const length = HEADER_WORDS + workers * (heads + capacity * PLACE_WORDS);
  const buffer = new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT);
  new Int32Array(buffer).set([workers, heads, capacity]);
  return buffer;
}

/** A worker has ended, and the system has closed what it had opened. */
export function forgetConnectionsOf(buffer: SharedArrayBuffer, worker: number): void {
  const words = new Int32Array(buffer);
  const part = partOf(words, worker);
  for (let head = part; head < part + read(words, HEADS); head++) {
    for (let place = read(words, head); place !== 0; place = read(words, place + NEXT))
      Atomics.sub(words, ENTERED, 1);
    words[head] = 0;
  }
}

/** Where the part of a worker begins. */
function partOf(words: Int32Array, worker: number): number {
  return HEADER_WORDS + (worker - 1) * (read(words, HEADS) + read(words, CAPACITY) * PLACE_WORDS);
}

/** A hash of one end of a connection: four words of address, and a port. */
function hashEnd(address: Uint32Array, port: number): number {
  let hash = port;
  for (let word = 0; word < 4; word++) {
    hash = Math.imul(hash ^ (address[word] ?? 0), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) | 0;
}

/**
 * The connections that workers have opened, so that one of them which comes to a listener of the same process is known
 * there: it comes from our end, and goes where ours went to. Each worker writes its own part, and all read without a lock:
 * what is entered or left at this moment may be missing.
 */
export class OwnConnections {
  readonly #words: Words;
  readonly #workers: number;
  readonly #mask: number;
  readonly #own: number;
  /** Where the first place of this worker's begins that was never taken, and where there is none any more. */
  #untouched: number;
  readonly #end: number;
  /** The first free place, or 0. */
  #free = 0;

  /** @param worker the number of the worker, from 1; its part is empty */
  constructor(buffer: SharedArrayBuffer, worker: number) {
    const words = new Int32Array(buffer);
    const heads = read(words, HEADS);
    this.#words = words;
    this.#workers = read(words, WORKERS);
    this.#mask = heads - 1;
    this.#own = partOf(words, worker);
    this.#untouched = this.#own + heads;
    this.#end = this.#untouched + read(words, CAPACITY) * PLACE_WORDS;
  }

  /**
   * Enters a connection by its ends, ours first.
   *
   * @param label what `labelOf` says of it, not negative
   * @returns what `leave` takes; 0: there was no room
   */
  enter(own: Uint32Array, ownPort: number, other: Uint32Array, otherPort: number, label: number): number {
    const words = this.#words;
    const place = this.#take();
    if (place === 0) return 0;
    const hash = hashEnd(own, ownPort);
    const head = this.#own + (hash & this.#mask);
    words[place + OWN_END] = hash;
    words[place + OTHER_END] = hashEnd(other, otherPort);
    words[place + LABEL] = label;
    words[place + NEXT] = read(words, head);
    Atomics.store(words, head, place);
    Atomics.add(words, ENTERED, 1);
    return place;
  }

  /** The connection is about to be closed. Nothing happens for 0. */
  leave(place: number): void {
    if (place === 0) return;
    const words = this.#words;
    let link = this.#own + (read(words, place + OWN_END) & this.#mask);
    while (read(words, link) !== place) link = read(words, link) + NEXT;
    Atomics.store(words, link, read(words, place + NEXT));
    Atomics.sub(words, ENTERED, 1);
    words[place + OTHER_END] = 0;
    words[place + NEXT] = this.#free;
    this.#free = place;
  }

  /** Whether one of them has this end on our side: a peer that has not is none of us. */
  hasEnd(own: Uint32Array, ownPort: number): boolean {
    // Mostly there are none at all.
    return read(this.#words, ENTERED) !== 0 && this.#find(hashEnd(own, ownPort), null) !== 0;
  }

  /** The label of the one with these ends, ours first; NOBODY: there is none. */
  labelOf(own: Uint32Array, ownPort: number, other: Uint32Array, otherPort: number): number {
    const place = this.#find(hashEnd(own, ownPort), hashEnd(other, otherPort));
    return place === 0 ? NOBODY : read(this.#words, place + LABEL);
  }

  /** The place of one with these hashes, in any worker's part; 0: there is none. `other` null: any. */
  #find(own: number, other: number | null): number {
    const words = this.#words;
    for (let worker = 1; worker <= this.#workers; worker++) {
      let place = Atomics.load(words, partOf(words, worker) + (own & this.#mask));
      for (let step = 0; place !== 0 && step < mostSteps; step++) {
        const isIt =
          read(words, place + OWN_END) === own &&
          (other === null || read(words, place + OTHER_END) === other);
        if (isIt) return place;
        place = Atomics.load(words, place + NEXT);
      }
    }
    return 0;
  }

  #take(): number {
    const free = this.#free;
    if (free !== 0) {
      this.#free = read(this.#words, free + NEXT);
      return free;
    }
    if (this.#untouched === this.#end) return 0;
    const place = this.#untouched;
    this.#untouched += PLACE_WORDS;
    return place;
  }
}
