/** The one word, shared with a thread: what it does. */
const LOADING = 0;
const AT_WORK = 1;
/** It is about to be terminated: it loads nothing more. */
const ENDING = 2;

/**
 * Whether a thread loads code. One that is terminated in the middle of that takes the whole process with it now and then
 * (Node 26.10: a fatal error in V8), so it is left to finish first.
 */
export class Loading {
  readonly buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #words = new Int32Array(this.buffer);

  /** Resolves when the thread loads nothing and will not any more, or is gone. */
  async finish(): Promise<void> {
    while (Atomics.compareExchange(this.#words, 0, AT_WORK, ENDING) === LOADING) {
      const change = Atomics.waitAsync(this.#words, 0, LOADING);
      if (change.async) await change.value;
    }
  }

  /** The thread is gone, whatever it did. */
  gone(): void {
    Atomics.store(this.#words, 0, ENDING);
    Atomics.notify(this.#words, 0);
  }
}

/** The thread's own view: it begins with loading. */
export class OwnLoading {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** False: the thread is about to be terminated, and must not begin. */
  begin(): boolean {
    return Atomics.compareExchange(this.#words, 0, AT_WORK, LOADING) === AT_WORK;
  }

  end(): void {
    Atomics.compareExchange(this.#words, 0, LOADING, AT_WORK);
    Atomics.notify(this.#words, 0);
  }
}
