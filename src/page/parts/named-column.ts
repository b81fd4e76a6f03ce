import { html } from 'htm/preact';
import { Outside } from './outside.ts';
import type { Column } from './table.ts';

/** A column of names, addresses and the like, which come from outside. */
export function namedColumn<Row>(
  title: string,
  value: (row: Row) => string,
  more: Partial<Column<Row>> = {},
): Column<Row> {
  return { title, style: 'name', value, cell: (row) => html`<${Outside} text=${value(row)} />`, ...more };
}
