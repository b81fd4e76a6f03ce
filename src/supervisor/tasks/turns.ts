/** Runs tasks one after another: changes of what the workers run must not overlap. */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** Resolves when the task is done, or has been dropped by `stop`; rejects as the task does. */
  run(task: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => (this.#isStopped ? undefined : task()));
    this.#last = done.catch(() => {});
    return done;
  }

  /** Drops the tasks that have not begun. Resolves when the one that has is done. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#last;
  }
}
