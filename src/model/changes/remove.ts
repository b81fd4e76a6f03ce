import type { RowId } from '../../../schemas/content.ts';
import type { Draft } from '../../store/draft.ts';
import type { Row, Use, View } from '../../store/view.ts';
import { accepted, type ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import { canRead } from '../permission.ts';
import { describeRow, tableOfRow } from '../rows/describe-row.ts';
import { findRow } from '../rows/keys.ts';
import type { OpenTable } from '../rows/open-table.ts';
import { allOrNothing } from './all-or-nothing.ts';

/** Removes an entry, unless it is predefined or others refer to it: then every user is named. */
export function remove(model: Model, draft: Draft, open: OpenTable, key: string): ModelFaults {
  return allOrNothing(model, draft, open, (upper) => {
    const found = findRow(model, upper, open, key);
    if ('fault' in found) return [found.fault];
    return removeRow(model, upper, found.row).map((fault) => ({ ...fault, argument: 'key' }));
  });
}

/** Removes every entry of a table that is not predefined. */
export function purge(model: Model, draft: Draft, open: OpenTable): ModelFaults {
  return allOrNothing(model, draft, open, (upper) =>
    removable(upper, open).flatMap((row) => removeRow(model, upper, row)),
  );
}

/** What `purge` would remove. */
export function removable(view: View, { table, parent }: OpenTable): readonly Row[] {
  return view.rows(table.id, parent).filter((row) => !row.predefined);
}

function removeRow(model: Model, draft: Draft, row: Row): ModelFaults {
  if (row.predefined) return [{ error: 'read-only', word: row.key, expected: 'an entry of your own' }];
  const users = draft.users(row.id).filter((use) => !isWithin(draft, use.row, row.id));
  if (users.length > 0) {
    const names = userNames(model, draft, users);
    return [{ error: 'in-use', word: row.key, expected: `used by ${names.join(', ')}` }];
  }
  draft.delete(row.id, model.catalogue.subTablesOf);
  return accepted;
}

function isWithin(view: View, id: RowId, outer: RowId): boolean {
  if (id === outer) return true;
  const parent = view.row(id)?.parent ?? null;
  return parent !== null && isWithin(view, parent, outer);
}

/** Every user by name, but for those in tables that the author may not see: of these the number. */
function userNames({ catalogue, permissions }: Model, view: View, users: readonly Use[]): string[] {
  const seen = users.filter(({ row }) => canRead({ permissions }, tableOfRow(catalogue, view, row)));
  const names = seen.map(({ row, field }) => `${describeRow(catalogue, view, row)} (${field})`);
  const unseen = users.length - seen.length;
  return unseen === 0 ? names : [...names, `${unseen} that your access profile does not show`];
}
