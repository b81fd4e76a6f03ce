/** Milliseconds after which the clock is looked at in any case: somebody may set it. */
const longestWait = 60_000;

/** Tells when something of a configuration has expired, by the clock of the machine. */
export class ExpiryWatch {
  readonly #expired: () => void;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(expired: () => void, now: () => number = Date.now) {
    this.#expired = expired;
    this.#now = now;
  }

  /** From now on this moment is waited for, in milliseconds since 1970; null: none is. */
  watch(next: number | null): void {
    this.stop();
    if (next === null) return;
    const left = Math.max(0, next - this.#now());
    this.#timer = setTimeout(() => this.#look(next), Math.min(left, longestWait));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(next: number): void {
    if (this.#now() < next) this.watch(next);
    else this.#expired();
  }
}
