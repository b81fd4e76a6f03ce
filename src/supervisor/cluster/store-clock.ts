import type { SharedStore } from '../../cluster/store/shared-store.ts';

// Milliseconds between two looks, and by which a clock may run apart from the other until it was set.
const interval = 10_000;
const tolerance = 100;

/**
 * The clock of the store, in milliseconds, as far as this node knows it. In between it goes by one that nobody sets; where
 * the clock of the machine was set, or that one stood still with the machine, it is looked at anew.
 */
export class StoreClock {
  #offset = performance.timeOrigin;
  #ahead = 0;
  #due = 0;
  /** Of the clock of the machine to the one that nobody sets, when it was looked. */
  #wall = wallOffset();

  get now(): number {
    return performance.now() + this.#offset;
  }

  /** By so much the clock of the machine was ahead of it. */
  get ahead(): number {
    return this.#ahead;
  }

  /** It is another store. */
  forget(): void {
    this.#due = 0;
  }

  /** Looks, where that is due. Rejects where the store is lost, or its clock can't be believed. */
  async look(store: Pick<SharedStore, 'clockOffset'>): Promise<void> {
    const now = performance.now();
    if (now < this.#due && Math.abs(wallOffset() - this.#wall) <= tolerance) return;
    const offset = await store.clockOffset();
    this.#ahead = -offset;
    this.#wall = wallOffset();
    this.#offset = this.#wall + offset;
    this.#due = now + interval;
  }
}

function wallOffset(): number {
  return Date.now() - performance.now();
}
