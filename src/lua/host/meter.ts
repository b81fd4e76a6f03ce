import type { Budget } from './budget.ts';
import { LuaError, Overrun, type Resource } from './errors.ts';
import { TimeBudget } from './time-budget.ts';

/** The clock is read once in so many instructions that functions of the host take. */
const clockInstructions = 1000;
/** Each allocation costs instructions: a fixed number, and one for so many bytes. */
const allocationInstructions = 4;
const allocatedBytes = 64;
/** A collection of garbage costs one instruction for so many bytes in use. */
const collectedBytes = 16;
const copiedBytes = 16;

/** What a meter asks of the code that it measures. */
export type Metered = {
  /** Where the code runs: `name:line: `, or ''. */
  position(): string;
  /** Makes the count hook fire before the next instruction. */
  interrupt(): void;
};

export type MeterOptions = {
  /** Bytes. */
  readonly memoryLimit: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** What an error says has taken too much: `the event`. */
  readonly subject: string;
};

/** Measures what Lua code takes: instructions and time of each call, and memory of its state. */
export class Meter {
  /** Bytes. */
  readonly memoryLimit: number;
  /** Bytes. */
  memoryUsed = 0;
  readonly #metered: Metered;
  readonly #subject: string;
  readonly #time: TimeBudget;
  /** Instructions that are left of the budget. */
  #left = Number.POSITIVE_INFINITY;
  /** Memory was refused in this call, so that what is over the budget is memory. */
  #wasRefused = false;
  /** At fewer instructions than these the clock is read again. */
  #clockDue = 0;
  #isUnlimited = true;

  /** Measures nothing before the first call of `limit`. */
  constructor({ memoryLimit, now, subject }: MeterOptions, metered: Metered) {
    this.memoryLimit = memoryLimit;
    this.#subject = subject;
    this.#time = new TimeBudget(now);
    this.#metered = metered;
  }

  /** From now on memory is bounded. */
  limit(): void {
    this.#isUnlimited = false;
  }

  /** Begins a call with a budget of its own. */
  begin({ instructions, milliseconds }: Budget): void {
    this.#left = instructions;
    this.#time.begin(milliseconds);
    this.#wasRefused = false;
    this.#clockDue = instructions - clockInstructions;
  }

  /** Runs work of the host without any bound: nothing would catch its error. */
  unlimited<T>(work: () => T): T {
    const wasUnlimited = this.#isUnlimited;
    const left = this.#left;
    this.#isUnlimited = true;
    this.#left = Number.POSITIVE_INFINITY;
    try {
      return work();
    } finally {
      this.#isUnlimited = wasUnlimited;
      this.#left = left;
    }
  }

  /** Takes instructions from the budget, for a function that loops. @throws Overrun */
  charge(instructions: number): void {
    this.#left -= instructions;
    if (this.#left < 0) throw this.overrun(this.#wasRefused ? 'memory' : 'instructions');
    if (this.#left < this.#clockDue) {
      this.#clockDue = this.#left - clockInstructions;
      this.checkTime();
    }
  }

  /** Takes instructions for bytes that are copied or compared. @throws Overrun */
  chargeBytes(count: number): void {
    this.charge(count / copiedBytes);
  }

  /** Takes instructions where no error may be thrown: the count hook throws it before the next instruction. */
  spend(instructions: number): void {
    this.#left -= instructions;
    if (this.#left < 0) this.#metered.interrupt();
  }

  /** @throws Overrun */
  checkTime(): void {
    if (this.#time.isOver()) throw this.overrun('time');
  }

  /** @throws LuaError when no string of that many bytes may be made. */
  checkSize(bytes: number): void {
    if (bytes > this.memoryLimit) throw new LuaError('resulting string too large');
  }

  /** Whether Lua may have so many bytes more, which are charged. */
  mayGrow(bytes: number): boolean {
    if (bytes <= 0 || this.#isUnlimited) return true;
    if (this.memoryUsed + bytes <= this.memoryLimit) {
      this.spend(allocationInstructions + bytes / allocatedBytes);
      return true;
    }
    // Lua collects all garbage before it tries again.
    this.spend(this.memoryUsed / collectedBytes);
    this.#wasRefused = true;
    return false;
  }

  /** The error of a budget that is used up. */
  overrun(resource: Resource): Overrun {
    return new Overrun(resource, this.#metered.position(), this.#subject);
  }
}
