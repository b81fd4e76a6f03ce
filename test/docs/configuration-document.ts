import type { Catalogue } from '../../schemas/catalogue.ts';
import { type Content, type Item, isLink, isList, type RowId } from '../../schemas/content.ts';
import type { Table } from '../../schemas/table.ts';
import type { Row, View } from '../../src/store/view.ts';

type Plain = number | string;
type Document = { [name: string]: Plain | readonly Plain[] | Document };

/** A configuration as the one object that `levee schema` describes: only what is set. */
export function documentOf(view: View, catalogue: Catalogue): Document {
  return Object.fromEntries(catalogue.tables.map((table) => [table.id, tableDocument(view, table, null)]));
}

function tableDocument(view: View, table: Table, parent: RowId | null): Document {
  if (table.key !== undefined) {
    return Object.fromEntries(
      view.rows(table.id, parent).map((row) => [row.key, rowDocument(view, table, row)]),
    );
  }
  const id = view.find(table.id, parent, '');
  const row = id === undefined ? undefined : view.row(id);
  return row === undefined ? {} : rowDocument(view, table, row);
}

function rowDocument(view: View, table: Table, row: Row): Document {
  return Object.fromEntries([
    ...[...row.fields].map(([name, content]) => [name, plainValue(view, content)]),
    ...[...table.tables.values()].map((inner) => [inner.name, tableDocument(view, inner, row.id)]),
  ]);
}

function plainValue(view: View, content: Content): Plain | readonly Plain[] {
  return isList(content) ? content.map((item) => plainItem(view, item)) : plainItem(view, content);
}

function plainItem(view: View, item: Item): Plain {
  return isLink(item) ? (view.row(item.target)?.key ?? '') : item;
}
