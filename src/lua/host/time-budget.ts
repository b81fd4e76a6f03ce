/** Milliseconds that this thread has run. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * The time that a call may take. A thread that had to wait for a processor has not taken it: once the time is over, it
 * is the thread's own that counts, so much again.
 */
export class TimeBudget {
  readonly #now: () => number;
  #milliseconds = 0;
  #end = 0;
  /** In time of the processor, which costs a system call to ask for. */
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
