import type { RowId } from '../../../../schemas/content.ts';
import type { Table } from '../../../../schemas/table.ts';
import type { View } from '../../../store/view.ts';
import type { RowDifference } from './difference.ts';

type Views = { readonly before: View; readonly after: View };

type Rename = { from: string; readonly to: string };

/** What is done about the names of the entries of one table, so that each name is free when it is wanted. */
export type Naming = {
  /** Entries that can go at once. */
  readonly removed: readonly string[];
  /** In an order in which they can be entered; where names change places, one goes by another name meanwhile. */
  readonly renamed: readonly Readonly<Rename>[];
  /** Entries that go when nothing refers to them any more, by the names that they have then. */
  readonly left: readonly string[];
};

/**
 * How the entries of a table come from the names that they have to those that they are to have.
 *
 * @param parent the row that holds them
 */
export function namingOf(
  table: Table,
  parent: RowId | null,
  rows: readonly RowDifference[],
  { before, after }: Views,
): Naming {
  const wanted = new Set<string>();
  for (const { kind, key, formerKey } of rows)
    if (kind === 'created' || formerKey !== undefined) wanted.add(key);
  const removed: string[] = [];
  const left: string[] = [];
  const renames: Rename[] = [];
  const taken = new Set<string>();
  let last = 0;

  for (const { id, kind, key, formerKey } of rows) {
    if (formerKey !== undefined) renames.push({ from: formerKey, to: key });
    if (kind !== 'deleted') continue;
    // What is in another entry is referred to by nothing.
    if (parent !== null || (wanted.has(key) && before.users(id).length === 0)) removed.push(key);
    else if (!wanted.has(key)) left.push(key);
    else {
      const aside = freeName();
      renames.push({ from: key, to: aside });
      left.push(aside);
    }
  }
  return { removed, renamed: inOrder(renames, freeName), left };

  /** A name that no entry has before or after. */
  function freeName(): string {
    for (;;) {
      last += 1;
      const name = table.key?.kind === 'number' ? String(last) : `former-${last}`;
      const isFree = [before, after].every((view) => view.find(table.id, parent, name) === undefined);
      if (!isFree || taken.has(name)) continue;
      taken.add(name);
      return name;
    }
  }
}

/** Each after the one that leaves the name which it takes. */
function inOrder(renames: readonly Rename[], freeName: () => string): readonly Rename[] {
  const holders = new Map(renames.map((rename) => [rename.from, rename]));
  const ordered: Rename[] = [];
  for (const first of renames) {
    const chain: Rename[] = [];
    for (let next: Rename | undefined = first; next !== undefined; next = holders.get(next.to)) {
      if (!holders.delete(next.from)) break;
      chain.push(next);
    }
    const end = chain.at(-1);
    // The names of a circle: its first steps aside.
    if (chain.length > 0 && end?.to === first.from) {
      const aside = freeName();
      ordered.push({ from: first.from, to: aside });
      first.from = aside;
    }
    ordered.push(...chain.toReversed());
  }
  return ordered;
}
