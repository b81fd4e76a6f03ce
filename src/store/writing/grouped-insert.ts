import type { Database, Statement } from 'better-sqlite3';
import { once } from '../../../schemas/once.ts';

/** Rows of one statement: by itself each takes a tenth longer, and half as long again where triggers watch the table. */
const groupLength = 32;

type Value = string | number | null;

/** Inserts rows of one table, many at once. */
export class GroupedInsert {
  readonly #columns: number;
  readonly #one: () => Statement<[Value[]]>;
  readonly #group: () => Statement<[Value[]]>;

  /** `into`: `INSERT INTO table (columns)` */
  constructor(database: Database, into: string, columns: number) {
    this.#columns = columns;
    const row = `(${Array(columns).fill('?').join(', ')})`;
    const prepared = (rows: number): Statement<[Value[]]> =>
      database.prepare<[Value[]]>(`${into} VALUES ${Array(rows).fill(row).join(', ')}`);
    this.#one = once(() => prepared(1));
    this.#group = once(() => prepared(groupLength));
  }

  /** Each row has a value for each column. */
  run(rows: Iterable<readonly Value[]>): void {
    let waiting: Value[] = [];
    for (const row of rows) {
      for (const value of row) waiting.push(value);
      if (waiting.length < this.#columns * groupLength) continue;
      this.#group().run(waiting);
      waiting = [];
    }
    for (let start = 0; start < waiting.length; start += this.#columns)
      this.#one().run(waiting.slice(start, start + this.#columns));
  }
}
