/**
 * Notices a server that takes what it is sent and answers nothing. The timeout of a socket does not while something is
 * written now and then, and what waits to be answered fills memory; and it strikes where this process stood still.
 */
export class AnswerWatch {
  readonly #interval: number;
  readonly #timer: NodeJS.Timeout;
  #waiting = 0;
  /** Milliseconds for which nothing was answered, and when these were counted. */
  #silentFor = 0;
  #countedAt = performance.now();

  /**
   * @param patience milliseconds that the server may be silent while something waits. Between two looks no more than
   *   `interval` is counted: where this process stood still, nobody has read what came meanwhile
   * @param interval milliseconds between two looks; where nothing waits `ask` is called, so that something does
   * @param silent called once, with the last look
   */
  constructor(patience: number, interval: number, ask: () => void, silent: () => void) {
    this.#interval = interval;
    this.#timer = setInterval(() => {
      this.#count();
      if (this.#waiting === 0) ask();
      else if (this.#silentFor >= patience) {
        this.stop();
        silent();
      }
    }, interval);
  }

  /** Resolves as the answer does that it is given. */
  async over<T>(answer: Promise<T>): Promise<T> {
    if (this.#waiting === 0) this.#heard();
    this.#waiting += 1;
    try {
      return await answer;
    } finally {
      this.#waiting -= 1;
      this.#heard();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #heard(): void {
    this.#silentFor = 0;
    this.#countedAt = performance.now();
  }

  #count(): void {
    const now = performance.now();
    this.#silentFor += Math.min(now - this.#countedAt, this.#interval);
    this.#countedAt = now;
  }
}
