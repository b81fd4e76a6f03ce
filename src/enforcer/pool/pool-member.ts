import { acquire, unlock } from '../../memory/lock.ts';
import { add, read } from '../../memory/words.ts';
import type { MemberSnapshot } from '../../policy/snapshot.ts';
import { HAS_NO_ADDRESS, IS_DISABLED, IS_DOWN, IS_FULL, IS_MAINTAINED, IS_RECOVERING } from './causes.ts';
import {
  DOWN,
  FAILURES,
  LOCK,
  OPEN,
  openOf,
  REACHED,
  RECOVERED_AT,
  type Row,
  WARM_SECOND,
  WARM_TAKEN,
} from './rows.ts';

/** In milliseconds. */
export type Clock = { now(): number };

/**
 * A member as one worker sees it, in one version of one pool. Connections keep it over later versions. What only one thread
 * writes, all read and that one writes without Atomics: each of those is a call.
 */
export class PoolMember {
  readonly snapshot: MemberSnapshot;
  /** In the order of the pool, from 0. */
  readonly position: number;
  /** What smooth weighted round-robin owes it: scratch of that method, kept over versions of the pool. */
  credit = 0;
  /** Scratch of a balance method, within one `pick`. */
  load = 0;
  readonly #row: Row;
  readonly #workers: number;
  readonly #worker: number;
  readonly #clock: Clock;

  /** `worker`: the number of this worker, from 1. */
  constructor(
    snapshot: MemberSnapshot,
    position: number,
    row: Row,
    workers: number,
    worker: number,
    clock: Clock,
  ) {
    this.snapshot = snapshot;
    this.position = position;
    this.#row = row;
    this.#workers = workers;
    this.#worker = worker;
    this.#clock = clock;
  }

  get id(): number {
    return this.snapshot.id;
  }

  /** Connections that it has, of all policies and workers, those that are being opened too. */
  get open(): number {
    return openOf(this.#row, this.#workers);
  }

  /** Why it takes none now; 0 when it does. */
  cause(): number {
    const { status, address, connectionLimit } = this.snapshot;
    if (status === 'disable') return IS_DISABLED;
    if (status === 'maintain') return IS_MAINTAINED;
    if (address === '') return HAS_NO_ADDRESS;
    if (read(this.#row.words, this.#row.at + DOWN) !== 0) return IS_DOWN;
    if (connectionLimit > 0 && this.open >= connectionLimit) return IS_FULL;
    return this.#recovery() > 0 ? 0 : IS_RECOVERING;
  }

  /** Counts one connection to it, before that is opened; false when another worker took the last that fitted. */
  reserve(): boolean {
    const { words, at } = this.#row;
    const { connectionLimit } = this.snapshot;
    const isWarm = this.#recovery() === Number.POSITIVE_INFINITY;
    if (connectionLimit === 0 && isWarm) {
      add(words, at + OPEN + this.#worker - 1, 1);
      return true;
    }
    acquire(words, at + LOCK, this.#worker);
    const fits = (connectionLimit === 0 || this.open < connectionLimit) && this.#recovery() > 0;
    if (fits) {
      if (!isWarm) this.#countWarm();
      add(words, at + OPEN + this.#worker - 1, 1);
    }
    unlock(words, at + LOCK);
    return fits;
  }

  /** The reserved connection is over: its descriptor is closed. */
  release(): void {
    add(this.#row.words, this.#row.at + OPEN + this.#worker - 1, -1);
  }

  /** A connection to it has been opened. */
  connected(): void {
    const { words, at } = this.#row;
    if (read(words, at + FAILURES) !== 0) Atomics.store(words, at + FAILURES, 0);
    if (read(words, at + REACHED) === 0) Atomics.store(words, at + REACHED, 1);
  }

  /** A connection to it was refused or not accepted in time. */
  failed(): void {
    Atomics.add(this.#row.words, this.#row.at + FAILURES, 1);
  }

  /** New connections that its recovery allows in this second of the clock: none while it waits, any number once it is warm. */
  #recovery(): number {
    const { words, at } = this.#row;
    const recoveredAt = read(words, at + RECOVERED_AT);
    if (recoveredAt === 0) return Number.POSITIVE_INFINITY;
    const { recover, warmUp, warmRate } = this.snapshot;
    const second = this.#second();
    const since = second - recoveredAt;
    if (since < recover) return 0;
    if (since >= recover + warmUp) return Number.POSITIVE_INFINITY;
    // Another worker may be in the next second already.
    const isCounted = Atomics.load(words, at + WARM_SECOND) >= second;
    return isCounted ? warmRate - Atomics.load(words, at + WARM_TAKEN) : warmRate;
  }

  #countWarm(): void {
    const { words, at } = this.#row;
    const second = this.#second();
    if (Atomics.load(words, at + WARM_SECOND) < second) {
      Atomics.store(words, at + WARM_TAKEN, 0);
      Atomics.store(words, at + WARM_SECOND, second);
    }
    Atomics.add(words, at + WARM_TAKEN, 1);
  }

  #second(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}
