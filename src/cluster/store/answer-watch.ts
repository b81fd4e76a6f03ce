/**
 * Notices a server that takes what it is sent and answers nothing. The timeout of a socket does not while something is
 * written now and then, and what waits to be answered fills memory.
 */
export class AnswerWatch {
  readonly #patience: number;
  readonly #interval: number;
  readonly #timer: NodeJS.Timeout;
  #waiting = 0;
  #answeredAt = 0;
  #lookedAt = performance.now();

  /**
   * @param patience milliseconds that the server may be silent while something waits
   * @param interval milliseconds between two looks; where nothing waits `ask` is called, so that something does
   * @param silent called once, with the last look
   */
  constructor(patience: number, interval: number, ask: () => void, silent: () => void) {
    this.#patience = patience;
    this.#interval = interval;
    this.#timer = setInterval(() => {
      const isSilent = this.#isSilent();
      if (this.#waiting === 0) ask();
      else if (isSilent) {
        this.stop();
        silent();
      }
    }, interval);
  }

  /** Resolves as the answer does that it is given. */
  async over<T>(answer: Promise<T>): Promise<T> {
    if (this.#waiting === 0) this.#answeredAt = performance.now();
    this.#waiting += 1;
    try {
      return await answer;
    } finally {
      this.#waiting -= 1;
      this.#answeredAt = performance.now();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #isSilent(): boolean {
    const now = performance.now();
    // Where this process stood still, what has come meanwhile was not read yet.
    const wasHere = now - this.#lookedAt < 2 * this.#interval;
    this.#lookedAt = now;
    return wasHere && now - this.#answeredAt >= this.#patience;
  }
}
