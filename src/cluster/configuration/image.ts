import { createHash } from 'node:crypto';
import type { Steps } from '../../time/time-slice.ts';

/** A row that a field refers to: one that nodes share, by its id; or one that each node has for itself or always has. */
export type SharedLink = { readonly row: string } | { readonly table: string; readonly key: string };

/** `secret`: one that can be had back, in clear text. */
export type SharedItem = string | number | SharedLink | { readonly secret: string };

export type SharedContent = SharedItem | readonly SharedItem[];

export type SharedRow = {
  /** What it is on all nodes, whatever its name. Of a table with one row it is the path of that. */
  readonly id: string;
  readonly table: string;
  /** The id of the row that holds it. */
  readonly parent: string | null;
  readonly key: string;
  /** Those that are set. */
  readonly fields: Readonly<Record<string, SharedContent>>;
};

/** The configuration as far as nodes share it: the rows of each table in their order, each after the one that holds it. */
export type Image = readonly SharedRow[];

export function isSharedList(content: SharedContent): content is readonly SharedItem[] {
  return Array.isArray(content);
}

/** Rows that are written before others may have a turn. */
const rowsInAStep = 512;

/** Equal where two images say the same, whatever comes first of what has no order. */
export function* digestOf(image: Image): Steps<string> {
  const digest = createHash('sha256');
  let count = 0;
  for (const [scope, rows] of sorted([...Map.groupBy(image, scopeOf)])) {
    digest.update(scope);
    for (const { id, key, fields } of rows) {
      digest.update(JSON.stringify([id, key, sorted(Object.entries(fields))]));
      count += 1;
      if (count % rowsInAStep === 0) yield;
    }
  }
  return digest.digest('hex');
}

/** As JSON. */
export function* imageText(image: Image): Steps<string> {
  const rows: string[] = [];
  for (const row of image) {
    rows.push(JSON.stringify(row));
    if (rows.length % rowsInAStep === 0) yield;
  }
  return `[${rows.join(',')}]`;
}

/** Rows that have an order among themselves. */
export function scopeOf({ table, parent }: Pick<SharedRow, 'table' | 'parent'>): string {
  return JSON.stringify([table, parent]);
}

/** Where a row is, by names: no two rows are at one place. */
export function placeOf({ table, parent, key }: Pick<SharedRow, 'table' | 'parent' | 'key'>): string {
  return JSON.stringify([table, parent, key]);
}

export function sameShared(one: SharedContent | undefined, other: SharedContent | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** The ids of the rows that a row refers to. */
export function linkedRows({ fields }: SharedRow): readonly string[] {
  return Object.values(fields)
    .flatMap((content): readonly SharedItem[] => (isSharedList(content) ? content : [content]))
    .flatMap((item) => (typeof item === 'object' && 'row' in item ? [item.row] : []));
}

/** A row for a person: its table, and its names from the outermost on. */
export function describeShared(row: SharedRow, rows: ReadonlyMap<string, SharedRow>): string {
  const above = row.parent === null ? undefined : rows.get(row.parent);
  if (above !== undefined)
    return `${describeShared(above, rows)} ${row.table.slice(row.table.lastIndexOf(' ') + 1)} ${row.key}`;
  return row.key === '' ? row.table : `${row.table} ${JSON.stringify(row.key)}`;
}

function sorted<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return entries.toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
}
