import type { Span } from '../../grammar/statement.ts';
import type { Catalogue } from '../../schemas/catalogue.ts';
import type { Table } from '../../schemas/table.ts';
import type { Draft } from '../store/draft.ts';
import type { Row, RowId, View } from '../store/view.ts';
import { done, type Faults } from './context.ts';
import { describeRow } from './describe-row.ts';

/** Removes a row from a draft, unless it is predefined or some other row refers to it: then every user is named. */
export function removeRow(catalogue: Catalogue, draft: Draft, table: Table, row: Row, span: Span): Faults {
  if (row.predefined) return [{ error: 'read-only', word: row.key, span, expected: 'an entry of your own' }];
  const users = draft.users(row.id).filter((use) => !isWithin(draft, use.row, row.id));
  if (users.length > 0) {
    const names = users.map((use) => `${describeRow(catalogue, draft, use.row)} (${use.field})`);
    return [{ error: 'in-use', word: row.key, span, expected: `used by ${names.join(', ')}` }];
  }
  const below = new Map(
    subTables(table).map((sub) => [sub.id, [...sub.tables.values()].map((other) => other.id)]),
  );
  draft.delete(row.id, (id) => below.get(id) ?? []);
  return done;
}

function subTables(table: Table): Table[] {
  return [table, ...[...table.tables.values()].flatMap(subTables)];
}

function isWithin(view: View, id: RowId, outer: RowId): boolean {
  if (id === outer) return true;
  const parent = view.row(id)?.parent ?? null;
  return parent !== null && isWithin(view, parent, outer);
}
