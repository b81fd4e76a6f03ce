/** Tells when the person has done nothing for so long. */
export class IdleTimer {
  readonly #isBusy: () => boolean;
  readonly #expired: (minutes: number) => void;
  #minutes = Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** While `isBusy` the person is not expected to do anything. */
  constructor(isBusy: () => boolean, expired: (minutes: number) => void) {
    this.#isBusy = isBusy;
    this.#expired = expired;
  }

  /** Counts from now on, to so many minutes. */
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
