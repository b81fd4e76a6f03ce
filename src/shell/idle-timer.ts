/** Calls back when the person has done nothing for some minutes. */
export class IdleTimer {
  readonly #isBusy: () => boolean;
  readonly #expired: (minutes: number) => void;
  #minutes = Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** While `isBusy` the time does not run out: the person waits too. */
  constructor(isBusy: () => boolean, expired: (minutes: number) => void) {
    this.#isBusy = isBusy;
    this.#expired = expired;
  }

  /** Begins to count, for so many minutes. */
  start(minutes: number): void {
    this.stop();
    this.#minutes = minutes;
    this.#timer = setTimeout(() => this.#end(), minutes * 60_000).unref();
  }

  touch(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #end(): void {
    if (this.#isBusy()) {
      this.touch();
      return;
    }
    this.stop();
    this.#expired(this.#minutes);
  }
}
