import type { RowId } from '../../../schemas/content.ts';
import type { Table } from '../../../schemas/table.ts';
import { Draft } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';

/** A row, or a singleton, that is being changed. What is set in it waits in a draft of its own. */
export type OpenRow = {
  readonly table: Table;
  readonly row: RowId;
  readonly draft: Draft;
};

/** Opens the one row of a table that has no keys. */
export function openSingleton(over: View, table: Table, parent: RowId | null): OpenRow {
  const draft = new Draft(over);
  const known = draft.find(table.id, parent, '');
  if (known !== undefined) draft.open(known);
  return { table, row: known ?? draft.create(table.id, parent, ''), draft };
}
