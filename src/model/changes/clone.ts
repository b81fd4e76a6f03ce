import type { RowId } from '../../../schemas/content.ts';
import type { Table } from '../../../schemas/table.ts';
import type { Draft } from '../../store/draft.ts';
import { accepted, type ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import { findRow, newKey } from '../rows/keys.ts';
import type { OpenTable } from '../rows/open-table.ts';
import { allOrNothing } from './all-or-nothing.ts';

/** Copies an entry with all that it holds under a new name. */
export function clone(model: Model, draft: Draft, open: OpenTable, key: string, name: string): ModelFaults {
  return allOrNothing(model, draft, open, (upper) => {
    const found = findRow(model, upper, open, key);
    if ('fault' in found) return [found.fault];
    const target = newKey(model, upper, open, name);
    if ('fault' in target) return [{ ...target.fault, argument: 'name' }];
    copyRow(upper, open.table, found.id, open.parent, target.key);
    return accepted;
  });
}

function copyRow(draft: Draft, table: Table, from: RowId, parent: RowId | null, key: string): void {
  const copy = draft.create(table.id, parent, key);
  for (const [field, content] of draft.row(from)?.fields ?? []) {
    // A secret belongs to one entry: whoever makes a copy of it does not know it.
    if (table.fields.get(field)?.meta.secret === undefined) draft.set(copy, field, content);
  }
  for (const [field, value] of Object.entries(table.cloned)) draft.set(copy, field, value);
  for (const sub of table.tables.values()) {
    for (const row of draft.rows(sub.id, from)) copyRow(draft, sub, row.id, copy, row.key);
  }
}
