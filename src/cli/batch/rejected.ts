import { errors } from '../../system/errors.ts';
import { shortened } from '../../text/shortened.ts';
import type { Faults } from '../faults/problem.ts';

/** Top-level rows that could not be taken, and why. */
export class Rejected {
  readonly #byTable = new Map<string, Map<string, string>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(table: string, key: string, why: string): void {
    const rows = this.#byTable.get(table) ?? new Map<string, string>();
    this.#byTable.set(table, rows);
    if (!rows.has(key)) this.#size += 1;
    rows.set(key, why);
  }

  has(table: string, key: string): boolean {
    return this.of(table).has(key);
  }

  /** Those of a table: key and why. */
  of(table: string): ReadonlyMap<string, string> {
    return this.#byTable.get(table) ?? new Map();
  }
}

/** The first mistake in a row, as the reason why that is not taken. Only for a row that holds no secret. */
export function whyRejected([fault]: Faults): string {
  return fault === undefined ? 'it is not whole' : errors[fault.error].message(shortened(fault.word));
}
