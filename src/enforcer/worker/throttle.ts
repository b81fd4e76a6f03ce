import type { Engine } from '../engine/engine.ts';

/**
 * Runs something at most once per interval, however often it is asked for: the first time at once, then for all that
 * was asked within the interval together, at its end.
 */
export class Throttle {
  readonly #engine: Pick<Engine, 'now' | 'after'>;
  readonly #interval: number;
  readonly #run: () => void;
  #ranAt = Number.NEGATIVE_INFINITY;
  #isWaiting = false;

  /** `interval` in milliseconds. */
  constructor(engine: Pick<Engine, 'now' | 'after'>, interval: number, run: () => void) {
    this.#engine = engine;
    this.#interval = interval;
    this.#run = run;
  }

  ask(): void {
    if (this.#isWaiting) return;
    const wait = this.#ranAt + this.#interval - this.#engine.now();
    if (wait <= 0) {
      this.#runNow();
    } else {
      this.#isWaiting = true;
      this.#engine.after(wait, () => this.#runNow());
    }
  }

  #runNow(): void {
    this.#isWaiting = false;
    this.#ranAt = this.#engine.now();
    this.#run();
  }
}
