import { hash } from 'node:crypto';
import type { Catalogue } from '../../schemas/catalogue.ts';
import { type Content, type Item, isLink, isList, itemsOf } from '../../schemas/content.ts';
import type { Field, Table } from '../../schemas/table.ts';
import { quote } from '../text/quote.ts';
import type { Stored } from './stored.ts';
import type { Row, View } from './view.ts';

/** What the schemas say, in a few bytes: rows that fit the same need not be looked at again. */
export function fingerprintOf({ tables }: Catalogue, product: string): Buffer {
  const described = (table: Table): unknown[] => [
    table.id,
    table.key,
    [...table.fields.values()].map(({ name, meta }) => [name, meta]),
    [...table.tables.values()].map(described),
  ];
  return hash('sha256', JSON.stringify([product, tables.map(described)]), 'buffer');
}

/**
 * The first thing, for a person, that the schemas refuse of the rows that are stored: another Levee has written it.
 * Undefined: there is none.
 */
export function findMisfit(catalogue: Catalogue, stored: Stored): string | undefined {
  for (const row of stored.all()) {
    const misfit = misfitOfRow(catalogue, stored, row);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

/** The first thing, for a person, that the schemas refuse of one row. */
export function misfitOfRow(catalogue: Catalogue, view: View, row: Row): string | undefined {
  const table = catalogue.anyTable(row.table);
  if (table === undefined) return `there is no table "${row.table}"`;
  const misfit = misfitOfKey(table, row) ?? misfitOfPlace(catalogue, table, row, view);
  if (misfit !== undefined) return `${table.id} ${quote(row.key)}: ${misfit}`;
  for (const [name, content] of row.fields) {
    const field = table.fields.get(name);
    const wrong = field === undefined ? 'there is no such field' : misfitOfContent(field, content, view);
    if (wrong !== undefined) return `${table.id} ${quote(row.key)}: ${name}: ${wrong}`;
  }
  return undefined;
}

function misfitOfKey(table: Table, { key }: Row): string | undefined {
  if (table.key === undefined) return key === '' ? undefined : 'there is one row only';
  return table.mayHave(key) ? undefined : 'it is no key';
}

function misfitOfPlace(
  catalogue: Catalogue,
  { id, path }: Table,
  { parent }: Row,
  view: View,
): string | undefined {
  const wanted = catalogue.find(id) === undefined ? path.slice(0, -1).join(' ') : null;
  const actual = parent === null ? null : view.row(parent)?.table;
  return actual === wanted ? undefined : 'it is in no row that could hold it';
}

function misfitOfContent(field: Field, content: Content, view: View): string | undefined {
  const { list, tables, expected } = field.meta;
  if (isList(content) !== (list !== undefined)) return 'one value is no list of values';
  const items = itemsOf(content);
  if (list !== undefined && items.length > list.maximum) return `more than ${list.maximum} values`;
  const fits = (item: Item): boolean => {
    if (isLink(item)) return tables?.includes(view.row(item.target)?.table ?? '') === true;
    return tables === undefined && field.mayHold(item);
  };
  return items.every(fits) ? undefined : `it is not ${expected}`;
}
