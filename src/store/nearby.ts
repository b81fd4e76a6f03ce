import type { RowId } from '../../schemas/content.ts';
import type { Row } from './view.ts';

/** Keys that are looked up in one table before all of it are read. */
const patience = 64;

type Keys = ReadonlyMap<string, RowId>;

/**
 * What an import or a page asks for next: rows in the order of their ids, keys of one table. SQLite takes as long for one
 * of them as for five that it gives at once. Nothing of it is known any more when something was written.
 */
export class Nearby {
  readonly #readRows: (from: RowId) => readonly Row[];
  readonly #readKeys: (table: string, parent: RowId) => Keys;
  #rows: ReadonlyMap<RowId, Row> = new Map();
  #next: RowId = 0;
  #table = '';
  #parent: RowId = 0;
  #lookedUp = 0;
  #keys: Keys | undefined;

  /**
   * @param readRows a page of rows from this id on, in order
   * @param readKeys all keys of a table, or of the sub-table of a row
   */
  constructor(readRows: (from: RowId) => readonly Row[], readKeys: (table: string, parent: RowId) => Keys) {
    this.#readRows = readRows;
    this.#readKeys = readKeys;
  }

  /** Undefined: it is not known, and to be read by itself. */
  row(id: RowId): Row | undefined {
    const isNext = id === this.#next;
    this.#next = id + 1;
    if (isNext && !this.#rows.has(id)) this.#rows = new Map(this.#readRows(id).map((row) => [row.id, row]));
    return this.#rows.get(id);
  }

  /** All keys of a table that many were looked up in, one after another; undefined: not yet. */
  keys(table: string, parent: RowId): Keys | undefined {
    if (table !== this.#table || parent !== this.#parent) {
      this.#table = table;
      this.#parent = parent;
      this.#lookedUp = 0;
      this.#keys = undefined;
    }
    this.#lookedUp += 1;
    if (this.#lookedUp > patience) this.#keys ??= this.#readKeys(table, parent);
    return this.#keys;
  }

  forget(): void {
    this.#rows = new Map();
    this.#table = '';
    this.#keys = undefined;
  }
}
