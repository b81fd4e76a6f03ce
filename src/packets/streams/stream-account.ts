import type { MemoryBudget } from './memory-budget.ts';

/** Bytes that a stream takes which holds nothing, with what Lua has of it: measured, and rounded up. */
export const streamCost = 1024;

/** What a stream has taken of the budget for what it holds; in bytes. */
export class StreamAccount {
  readonly #budget: MemoryBudget;
  #charged = 0;
  #isClosed = false;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** Whether the stream may hold so much in all. */
  hasRoomFor(cost: number): boolean {
    if (cost > this.#budget.streamLimit) return false;
    return this.#isClosed || this.#budget.hasRoomFor(cost - this.#charged);
  }

  /** It holds so much. */
  charge(cost: number): void {
    if (this.#isClosed) return;
    this.#budget.used += cost - this.#charged;
    this.#charged = cost;
  }

  /** Gives it all back, and takes nothing more. */
  close(): void {
    this.charge(0);
    this.#isClosed = true;
  }
}
