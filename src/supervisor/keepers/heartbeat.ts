const interval = 250;

/** Whether the event loop of the main thread turns: what has kept it from that is seen right after. */
export class Heartbeat {
  #last = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => {
      this.#last = performance.now();
    }, interval);
    this.#timer.unref();
  }

  /** Milliseconds since it was last seen to turn. */
  get age(): number {
    return performance.now() - this.#last;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
