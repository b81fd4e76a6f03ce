import { shortened } from '../../text/shortened.ts';
import type { Levels } from '../session/levels.ts';

/** The most names that are listed. */
const mostNames = 1000;

/** What `--skip-unknown` has left out: each name once, with how often it came. */
export class Unknowns {
  readonly #counts = new Map<string, number>();
  #lines = 0;
  #others = 0;

  add(levels: Levels, name: string): void {
    const { row, depth } = levels;
    const where = depth === 0 || row === undefined ? shortened(name) : `${row.table.id}: ${shortened(name)}`;
    const count = this.#counts.get(where);
    if (count === undefined && this.#counts.size === mostNames) this.#others += 1;
    else this.#counts.set(where, (count ?? 0) + 1);
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
    const others = this.#others === 0 ? [] : [`  and ${this.#others} lines with other names`];
    return [`left out, because Levee has no such table or field: ${this.#lines} lines`, ...names, ...others];
  }
}
