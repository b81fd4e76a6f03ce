import { acquire, seize, unlock } from '../../memory/lock.ts';
import { add, addCount, countUp, read, readCount } from '../../memory/words.ts';

/** Words of a worker's row, whole cache lines: gauges, counts of two words each, and the most that CONNECTIONS was. */
const DESCRIPTORS = 0;
const CONNECTIONS = 1;
const ADMITTED = 2;
const REFUSED = 4;
const OUT_OF_DESCRIPTORS = 6;
const HEADERS_FAILED = 8;
const LOOPED = 10;
const MOST = 12;
/** Bytes that wait, in units of 1024: more than 2 GiB may. */
const WAITING = 13;
/** When it was at work last: milliseconds of the engine's clock, modulo 2^32. */
const BEAT = 14;
const OUT_OF_MEMORY = 16;
/** In the main thread's row: the lock under which descriptors are taken. */
const LOCK = 15;
/** Counts of verdicts by the bounds of `verdictBounds`, one more for those above, and the nanoseconds of all. */
const VERDICTS = 18;

/** Microseconds: what a verdict took at most, accounting included, to be counted there. */
export const verdictBounds: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000];
const VERDICT_TIME = VERDICTS + 2 * (verdictBounds.length + 1);
const ROW_WORDS = 16 * Math.ceil((VERDICT_TIME + 2) / 16);

/** A client and a member. */
const perConnection = 2;
const unitOfWaiting = 1024;
/** Nanoseconds that one verdict adds at most. */
const longestVerdict = 2 ** 31 - 1;

/** What a worker, or all together, hold now and have done so far. */
export type Counts = {
  /** Descriptors of clients and members, those that are set aside for members to come included. */
  readonly descriptors: number;
  /** Clients whose descriptor is open, or was until a moment ago. */
  readonly connections: number;
  readonly admitted: number;
  readonly refused: number;
  /** Reset because the process has no descriptor to spare. */
  readonly outOfDescriptors: number;
  /** Bytes that wait for a member, for a script or for a slow reader: to the next 1024. */
  readonly waiting: number;
  /** Reset because too much would wait. */
  readonly outOfMemory: number;
  /** Reset because their PROXY header was broken, missing or late. */
  readonly headersFailed: number;
  /** Reset because they came from Levee itself. */
  readonly looped: number;
};

/** What verdicts took. */
export type VerdictTimes = {
  /** Microseconds, ascending. */
  readonly bounds: readonly number[];
  /** One for each bound, and one for those above all: those that are in no lower one. */
  readonly counts: readonly number[];
  /** Of all of them, in nanoseconds. */
  readonly total: number;
};

/** Shared memory for the counts of so many workers. One more row, the last, is the main thread's. */
export function createCounters(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer((workers + 1) * ROW_WORDS * Int32Array.BYTES_PER_ELEMENT);
}

/** Withholds so many descriptors from connections; replaces what was withheld before. */
export function withholdDescriptors(counters: SharedArrayBuffer, descriptors: number): void {
  const words = new Int32Array(counters);
  Atomics.store(words, words.length - ROW_WORDS + DESCRIPTORS, descriptors);
}

/** The counts of a worker since the start of the first in its row: its replacements go on counting. */
export function readCounts(counters: SharedArrayBuffer, row: number): Counts {
  const words = new Int32Array(counters);
  const at = row * ROW_WORDS;
  return {
    descriptors: read(words, at + DESCRIPTORS),
    connections: read(words, at + CONNECTIONS),
    admitted: readCount(words, at + ADMITTED),
    refused: readCount(words, at + REFUSED),
    outOfDescriptors: readCount(words, at + OUT_OF_DESCRIPTORS),
    waiting: read(words, at + WAITING) * unitOfWaiting,
    outOfMemory: readCount(words, at + OUT_OF_MEMORY),
    headersFailed: readCount(words, at + HEADERS_FAILED),
    looped: readCount(words, at + LOOPED),
  };
}

export function readVerdictTimes(counters: SharedArrayBuffer, row: number): VerdictTimes {
  const words = new Int32Array(counters);
  const at = row * ROW_WORDS;
  const counts = Array.from({ length: verdictBounds.length + 1 }, (_, index) =>
    readCount(words, at + VERDICTS + 2 * index),
  );
  return { bounds: verdictBounds, counts, total: readCount(words, at + VERDICT_TIME) };
}

/** The most clients that a worker had since this was last asked. */
export function takeMostConnections(counters: SharedArrayBuffer, row: number): number {
  const words = new Int32Array(counters);
  const at = row * ROW_WORDS;
  return Atomics.exchange(words, at + MOST, Atomics.load(words, at + CONNECTIONS));
}

/** Milliseconds since a worker was at work last. `now`: of `monotonicNow`. */
export function sinceBeat(counters: SharedArrayBuffer, row: number, now: number): number {
  return (Math.floor(now) - Atomics.load(new Int32Array(counters), row * ROW_WORDS + BEAT)) | 0;
}

/** A worker is at work, or about to begin. */
export function beat(counters: SharedArrayBuffer, row: number, now: number): void {
  Atomics.store(new Int32Array(counters), row * ROW_WORDS + BEAT, Math.floor(now));
}

/** A worker has ended, and the system has closed all that it had open. */
export function clearGauges(counters: SharedArrayBuffer, row: number): void {
  const words = new Int32Array(counters);
  const lock = words.length - ROW_WORDS + LOCK;
  if (seize(words, lock, ownerOf(row))) unlock(words, lock);
  Atomics.store(words, row * ROW_WORDS + DESCRIPTORS, 0);
  Atomics.store(words, row * ROW_WORDS + CONNECTIONS, 0);
  Atomics.store(words, row * ROW_WORDS + WAITING, 0);
}

function ownerOf(row: number): number {
  return row + 1;
}

/**
 * A worker's own view: it writes its row, and reads everybody's descriptors. Nobody else writes there while it lives, so
 * a plain store does: others see it by the next call of the system at the latest, which is before any peer can know.
 */
export class WorkerCounters {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #row: number;
  /** Descriptors that all workers together may use. */
  readonly descriptorLimit: number;

  constructor(counters: SharedArrayBuffer, row: number, descriptorLimit: number) {
    this.#words = new Int32Array(counters);
    this.#row = row * ROW_WORDS;
    this.descriptorLimit = descriptorLimit;
  }

  /**
   * Takes the descriptors of a connection, for its client and its member, where there are two more. Exact: the sum and
   * the taking are one step for all workers.
   */
  takeDescriptors(): boolean {
    const words = this.#words;
    const lock = words.length - ROW_WORDS + LOCK;
    let used = perConnection;
    acquire(words, lock, ownerOf(this.#row / ROW_WORDS));
    for (let at = 0; at < words.length; at += ROW_WORDS) used += read(words, at + DESCRIPTORS);
    const isEnough = used <= this.descriptorLimit;
    if (isEnough) add(words, this.#row + DESCRIPTORS, perConnection);
    unlock(words, lock);
    return isEnough;
  }

  clientOpened(): void {
    const most = this.#row + MOST;
    add(this.#words, this.#row + CONNECTIONS, 1);
    const open = read(this.#words, this.#row + CONNECTIONS);
    if (open > read(this.#words, most)) Atomics.store(this.#words, most, open);
  }

  /** Its descriptor is about to be closed: who learns of that may come again at once, and needs one. */
  clientClosing(): void {
    add(this.#words, this.#row + DESCRIPTORS, -1);
  }

  /** Whoever takes part in it has been told. */
  clientClosed(): void {
    add(this.#words, this.#row + CONNECTIONS, -1);
  }

  /** The member's descriptor is closed, and no other member is tried; or there is not going to be one. */
  memberClosed(): void {
    add(this.#words, this.#row + DESCRIPTORS, -1);
  }

  /** The worker is at work now, on the engine's clock. */
  beat(now: number): void {
    Atomics.store(this.#words, this.#row + BEAT, Math.floor(now));
  }

  /** A verdict took so many milliseconds. */
  judged(milliseconds: number): void {
    let index = 0;
    while (milliseconds * 1000 > (verdictBounds[index] ?? Number.POSITIVE_INFINITY)) index++;
    countUp(this.#words, this.#row + VERDICTS + 2 * index);
    addCount(this.#words, this.#row + VERDICT_TIME, Math.min(longestVerdict, Math.round(milliseconds * 1e6)));
  }

  admitted(): void {
    countUp(this.#words, this.#row + ADMITTED);
  }

  headerFailed(): void {
    countUp(this.#words, this.#row + HEADERS_FAILED);
  }

  looped(): void {
    countUp(this.#words, this.#row + LOOPED);
  }

  refused(): void {
    countUp(this.#words, this.#row + REFUSED);
  }

  outOfDescriptors(): void {
    countUp(this.#words, this.#row + OUT_OF_DESCRIPTORS);
  }

  /** So many bytes wait in the worker. */
  waiting(bytes: number): void {
    Atomics.store(this.#words, this.#row + WAITING, Math.ceil(bytes / unitOfWaiting));
  }

  outOfMemory(connections: number): void {
    for (let count = 0; count < connections; count++) countUp(this.#words, this.#row + OUT_OF_MEMORY);
  }
}
