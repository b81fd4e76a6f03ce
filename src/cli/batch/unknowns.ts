import { shortened } from '../../text/shortened.ts';
import type { Levels } from '../session/levels.ts';

/** What `--skip-unknown` has left out: each name once, with how often it came. */
export class Unknowns {
  readonly #counts = new Map<string, number>();
  #lines = 0;

  add(levels: Levels, name: string): void {
    const { row, depth } = levels;
    const where = depth === 0 || row === undefined ? shortened(name) : `${row.table.id}: ${shortened(name)}`;
    this.#counts.set(where, (this.#counts.get(where) ?? 0) + 1);
    this.#lines += 1;
  }

  /** A line inside something that was left out. */
  passedOver(): void {
    if (this.#counts.size > 0) this.#lines += 1;
  }

  report(): string[] {
    if (this.#counts.size === 0) return [];
    const names = [...this.#counts].map(
      ([name, count]) => `  ${name}${count > 1 ? ` (${count} times)` : ''}`,
    );
    return [`left out, because Levee has no such table or field: ${this.#lines} lines`, ...names];
  }
}
