/** Tasks that are run later, all dropped when whoever wanted them stops. */
export class Delays {
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  /** Runs the task after so many milliseconds. */
  after(milliseconds: number, task: () => void): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, milliseconds);
    this.#timers.add(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
