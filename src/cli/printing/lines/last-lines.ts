/** The last lines of many. */
export class LastLines {
  readonly #count: number;
  #lines: string[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  add(line: string): void {
    if (this.#count === 0) return;
    this.#lines.push(line);
    // Not at each line: what is kept may be long.
    if (this.#lines.length >= this.#count * 2) this.#lines = this.#lines.slice(-this.#count);
  }

  /** Gives them, and begins anew. */
  take(): string[] {
    const last = this.#count === 0 ? [] : this.#lines.slice(-this.#count);
    this.#lines = [];
    return last;
  }
}
