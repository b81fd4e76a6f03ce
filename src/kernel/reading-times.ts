/** Milliseconds between two readings of the table, and as many times what one takes. */
const readInterval = 2000;
const readShare = 9;
/** Likewise while the kernel refuses nobody. */
const calmInterval = 30_000;
/** Likewise where others have changed something. */
const foreignInterval = 500;
const foreignShare = 4;
/** A reading that takes no longer, in milliseconds, is made also for who asks, and for a block that is about to end. */
const quick = 200;

/** When the table is to be read again: the more there is in it, the less often. Times are of a monotonic clock. */
export class ReadingTimes {
  readonly #now: () => number;
  #at = Number.NEGATIVE_INFINITY;
  #took = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get areQuick(): boolean {
    return this.#took <= quick;
  }

  /** The table was read; that has begun then. */
  was(begun: number): void {
    this.#at = this.#now();
    this.#took = this.#at - begun;
  }

  /** Somebody asks for what is there now. */
  hurry(): void {
    this.#at = Number.NEGATIVE_INFINITY;
  }

  isDueForOthers(): boolean {
    return this.#since >= Math.max(foreignInterval, this.#took * foreignShare);
  }

  /** `isCalm`: nothing is counted. `isEnding`: an element is about to end, and its counter with it. */
  isDue(isCalm: boolean, isEnding: () => boolean): boolean {
    const interval = isCalm ? calmInterval : readInterval;
    const pause = this.#took * readShare;
    if (this.#since >= Math.max(interval, pause)) return true;
    return this.areQuick && this.#since >= Math.max(quick, pause) && isEnding();
  }

  get #since(): number {
    return this.#now() - this.#at;
  }
}
