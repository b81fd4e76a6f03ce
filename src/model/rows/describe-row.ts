import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { Table } from '../../../schemas/table.ts';
import type { View } from '../../store/view.ts';
import { quote } from '../../text/quote.ts';

/** A row as a person would name it: its table and its keys from the outermost on. */
export function describeRow(catalogue: Catalogue, view: View, id: RowId): string {
  const row = view.row(id);
  if (row === undefined) return '';
  if (row.parent !== null) {
    return `${describeRow(catalogue, view, row.parent)} ${row.table.slice(row.table.lastIndexOf(' ') + 1)} ${row.key}`;
  }
  const named = catalogue.get(row.table).key !== undefined;
  return named ? `${row.table} ${quote(row.key)}` : row.table;
}

export function tableOfRow(catalogue: Catalogue, view: View, id: RowId): Table {
  return catalogue.tableOf(view.row(id)?.table ?? '');
}
