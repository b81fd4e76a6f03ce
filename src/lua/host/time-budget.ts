import { processorTime } from '../../time/processor-time.ts';

/**
 * Bounds the time of a call. Waiting for a processor does not count: once the clock says that the time is over, the
 * thread gets the same time again, measured as time on a processor.
 */
export class TimeBudget {
  readonly #now: () => number;
  #milliseconds = 0;
  #end = 0;
  /** In time on a processor, which costs a system call. Null until the clock's time is over. */
  #ownEnd: number | null = null;

  /** @param now milliseconds of a clock that only goes forward. */
  constructor(now: () => number) {
    this.#now = now;
  }

  begin(milliseconds: number): void {
    this.#milliseconds = milliseconds;
    this.#end = this.#now() + milliseconds;
    this.#ownEnd = null;
  }

  isOver(): boolean {
    if (this.#now() <= this.#end) return false;
    const own = processorTime();
    this.#ownEnd ??= own + this.#milliseconds;
    return own > this.#ownEnd;
  }
}
