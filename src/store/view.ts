import { type Content, type Item, isLink, type RowId } from '../../schemas/content.ts';

export type Row = {
  readonly id: RowId;
  /** Path of its table, as the catalogue knows it. */
  readonly table: string;
  /** Row that holds it, for a row of a sub-table. */
  readonly parent: RowId | null;
  /** '' for a singleton. */
  readonly key: string;
  /** Only fields that are set: unset is not default. */
  readonly fields: ReadonlyMap<string, Content>;
  readonly predefined: boolean;
};

/** A field that refers to some row. */
export type Use = { readonly row: RowId; readonly field: string };

export type KeyRange = { readonly keys: readonly string[]; readonly last?: string };

/** A configuration that can be read: what is stored, or what it would be with pending changes. */
export interface View {
  /** Number of the last commit that it shows. */
  readonly revision: number;
  row(id: RowId): Row | undefined;
  find(table: string, parent: RowId | null, key: string): RowId | undefined;
  /** In key order: as created, unless moved. */
  rows(table: string, parent: RowId | null): readonly Row[];
  /** The same, as few at a time as can be: nothing may be written before the last is asked for. */
  eachRow(table: string, parent: RowId | null): Iterable<Row>;
  /** Keys that begin with `prefix`, at most so many, sorted; with the last of all where some were left out. */
  keys(table: string, parent: RowId | null, prefix: string, limit: number): KeyRange;
  /** Every field that refers to this row. */
  users(id: RowId): readonly Use[];
}

/** One thing that a field holds as a text: the name of the row for a reference. */
export function itemText(view: View, item: Item): string {
  return isLink(item) ? (view.row(item.target)?.key ?? '') : String(item);
}
