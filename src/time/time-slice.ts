import { setImmediate } from 'node:timers/promises';

/** Milliseconds that long work takes of the main thread before others have their turn. */
const longest = 5;

/** What is left of a turn of the event loop for long work, so that nobody waits for it. */
export class TimeSlice {
  #began = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#began >= longest;
  }

  /** Lets others have their turn, and begins anew. */
  async renew(): Promise<void> {
    await setImmediate();
    this.#began = performance.now();
  }
}

/** Long work that may be left for a while after each step: a generator that yields nothing, and returns its result. */
export type Steps<Result> = Generator<undefined, Result>;

/** Does it in turns, as long as it takes. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  const slice = new TimeSlice();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (slice.isOver) await slice.renew();
  }
}

/** Does it at once, where nobody else waits. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
