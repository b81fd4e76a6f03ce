import type { SharedStore } from '../../cluster/store/shared-store.ts';

// Milliseconds between two looks, and by which a clock may run apart from the other until it was set, or be misread.
const interval = 10_000;
const tolerance = 100;

/**
 * The clock of the store, in milliseconds, as far as this node knows it. In between it goes by one that nobody sets; where
 * the clock of the machine was set, or that one stood still with the machine, it is looked at anew.
 */
export class StoreClock {
  #isKnown = false;
  #offset = performance.timeOrigin;
  #due = 0;
  /** Of the clock of the machine to the one that nobody sets, when it was looked. */
  #wall = wallOffset();

  get now(): number {
    return performance.now() + this.#offset;
  }

  /** By so much the clock of the machine was ahead of it. */
  get ahead(): number {
    return this.#isKnown ? this.#wall - this.#offset : 0;
  }

  /** It may be another store. */
  forget(): void {
    this.#due = 0;
  }

  /** Looks, where that is due. Rejects where the store is lost, or its clock can't be believed. */
  async look(store: Pick<SharedStore, 'clock'>): Promise<void> {
    if (performance.now() < this.#due && Math.abs(wallOffset() - this.#wall) <= tolerance) return;
    const { offset, error } = await store.clock();
    this.#wall = wallOffset();
    const isExact = error <= tolerance;
    this.#due = isExact ? performance.now() + interval : 0;
    // On a busy machine an answer can wait for seconds. What was known before is better, unless both can't be.
    if (this.#isKnown && !isExact && Math.abs(offset - this.#offset) <= error + tolerance) return;
    this.#offset = offset;
    this.#isKnown = true;
  }
}

function wallOffset(): number {
  return Date.now() - performance.now();
}
