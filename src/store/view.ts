import type { Scalar } from '../../schemas/field.ts';

/** What a row is, whatever its name. Negative while it exists only in memory. */
export type RowId = number;

/** A reference to another row: it follows that row through renames. */
export type Link = { readonly target: RowId };

/** What a field holds: one thing, or for a list its items in order. */
export type Content = Item | readonly Item[];

export type Item = Scalar | Link;

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
  /** Keys that begin with `prefix`, at most so many, sorted; with the last of all where some were left out. */
  keys(table: string, parent: RowId | null, prefix: string, limit: number): KeyRange;
  /** Every field that refers to this row. */
  users(id: RowId): readonly Use[];
}

export function isLink(content: Content | undefined): content is Link {
  return typeof content === 'object' && 'target' in content;
}

export function isList(content: Content | undefined): content is readonly Item[] {
  return typeof content === 'object' && !isLink(content);
}

/** The one thing that a field holds, or the items of its list. */
export function itemsOf(content: Content | undefined): readonly Item[] {
  if (isList(content)) return content;
  return content === undefined ? [] : [content];
}

/** The rows that a field refers to. */
export function targetsOf(content: Content | undefined): RowId[] {
  return itemsOf(content).flatMap((item) => (isLink(item) ? [item.target] : []));
}

export function sameItem(one: Item, other: Item): boolean {
  return isLink(one) && isLink(other) ? one.target === other.target : one === other;
}

export function sameContent(one: Content | undefined, other: Content | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (!isList(one) || !isList(other)) return !isList(one) && !isList(other) && sameItem(one, other);
  return (
    one.length === other.length &&
    one.every((item, index) => {
      const counterpart = other[index];
      return counterpart !== undefined && sameItem(item, counterpart);
    })
  );
}
