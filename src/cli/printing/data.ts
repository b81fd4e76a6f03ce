import { concealed } from '../../../schemas/concealed.ts';
import {
  type Content,
  type Item,
  isLink,
  isList,
  type RowId,
  sameContent,
} from '../../../schemas/content.ts';
import { Field, type Table } from '../../../schemas/table.ts';
import { printSecret } from '../../access/secret-words.ts';
import type { Row, View } from '../../store/view.ts';
import { contentText, type Focus, type ShowOptions } from './show.ts';

/** A row as data: its key under `name` (`id` where keys are numbers), its fields, its sub-tables as lists of rows. */
export type RowData = { readonly [member: string]: unknown };

/** A table as data: a list of rows, of which there may be many and which is read as they are made, or for a singleton its fields alone. */
export type TableData = Iterable<RowData> | RowData;

/** As `show` prints it, secrets in their kept form, or as `get` does, which conceals them. */
export type DataOptions = ShowOptions & { readonly conceals?: boolean };

/** What `show` or `get` prints, as data. */
export function tableData(view: View, table: Table, options: DataOptions, focus?: Focus): TableData {
  return dataBelow({ view, options, focus }, table, null, 0);
}

type Reading = { readonly view: View; readonly options: DataOptions; readonly focus: Focus | undefined };

function dataBelow(reading: Reading, table: Table, parent: RowId | null, depth: number): TableData {
  const { view } = reading;
  if (table.key === undefined) {
    const id = view.find(table.id, parent, '');
    return rowData(reading, table, id === undefined ? undefined : view.row(id), depth);
  }
  return { [Symbol.iterator]: () => eachRowData(reading, table, parent, depth) };
}

function* eachRowData(
  reading: Reading,
  table: Table,
  parent: RowId | null,
  depth: number,
): Generator<RowData> {
  const { view, focus } = reading;
  const only = focus?.rows[depth];
  const rows = only === undefined ? view.eachRow(table.id, parent) : [view.row(only)];
  for (const row of rows) {
    if (row === undefined || (row.predefined && only === undefined)) continue;
    yield rowData(reading, table, row, depth);
  }
}

/** One row of a table as data. */
export function rowOf(view: View, table: Table, row: Row | undefined, options: DataOptions): RowData {
  return rowData({ view, options, focus: undefined }, table, row, 0);
}

function rowData(reading: Reading, table: Table, row: Row | undefined, depth: number): RowData {
  const { view, options, focus } = reading;
  const towards =
    focus !== undefined && focus.table !== table ? focus.table.path[table.path.length] : undefined;
  const data: Record<string, unknown> = {};
  if (table.key?.kind === 'name') data['name'] = row?.key;
  if (table.key?.kind === 'number') data['id'] = Number(row?.key);
  for (const member of table.members) {
    if (towards !== undefined && member.name !== towards) continue;
    if (member instanceof Field) {
      const value = fieldData(view, member, row?.fields.get(member.name), options);
      if (value !== undefined) data[member.name] = value;
    } else if (row !== undefined) {
      data[member.name] = dataBelow(reading, member, row.id, depth + 1);
    }
  }
  return data;
}

/** Undefined: it is not shown. With `full` a field that is empty is null, and a list that is empty has no items. */
export function fieldData(
  view: View,
  { meta }: Field,
  content: Content | undefined,
  { full, conceals }: DataOptions,
): unknown {
  const shown = content ?? (full ? meta.default : undefined);
  if (shown === undefined) return full ? (meta.list === undefined ? null : []) : undefined;
  if (!full && sameContent(shown, meta.default)) return undefined;
  if (meta.secret !== undefined) return conceals ? concealed : printSecret(contentText(view, shown));
  return isList(shown) ? shown.map((item) => itemData(view, item)) : itemData(view, shown);
}

function itemData(view: View, item: Item): string | number | null {
  return isLink(item) ? (view.row(item.target)?.key ?? null) : item;
}
