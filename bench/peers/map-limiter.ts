/** What one would write first: counts in a map, one thread, no block, no episode, no record of who holds what. */
export class MapLimiter {
  readonly #open = new Map<string, number>();
  readonly #threshold: number;

  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  admit(source: string): boolean {
    const open = this.#open.get(source) ?? 0;
    if (open >= this.#threshold) return false;
    this.#open.set(source, open + 1);
    return true;
  }

  release(source: string): void {
    const open = (this.#open.get(source) ?? 0) - 1;
    if (open > 0) this.#open.set(source, open);
    else this.#open.delete(source);
  }
}
