import type { Table } from '../../../schemas/table.ts';
import type { Model } from '../../model/model.ts';
import { closedTo } from '../../model/permission.ts';
import { findRow } from '../../model/rows/keys.ts';
import type { OpenTable } from '../../model/rows/open-table.ts';
import type { Draft } from '../../store/draft.ts';
import { type ApiError, errorOf } from '../answer.ts';
import { keyMember } from './write-row.ts';

/** The tables that a table stands in, the outermost first. */
function enclosing({ catalogue }: Pick<Model, 'catalogue'>, table: Table): readonly Table[] {
  const top = catalogue.topOf(table);
  return table.path
    .slice(top.path.length)
    .map((_, depth) => catalogue.tableOf(table.path.slice(0, top.path.length + depth).join(' ')));
}

/** How many keys name the rows that hold a table: one without keys has one row. */
export function holdersOf(model: Pick<Model, 'catalogue'>, table: Table): number {
  return enclosing(model, table).filter(({ key }) => key !== undefined).length;
}

/** A table in the rows that the keys name. */
export function openTable(
  model: Model,
  draft: Draft,
  table: Table,
  keys: readonly string[],
): OpenTable | { readonly error: ApiError } {
  const forbidden = closedTo(model, table);
  if (forbidden !== undefined) return { error: errorOf(forbidden, { path: [table.id] }) };
  const rest = [...keys];
  let parent: OpenTable['parent'] = null;
  for (const holder of enclosing(model, table)) {
    if (holder.key === undefined) {
      parent = draft.find(holder.id, parent, '') ?? draft.create(holder.id, parent, '');
      continue;
    }
    const key = rest.shift() ?? '';
    const found = findRow(model, draft, { table: holder, parent }, key);
    if ('fault' in found) {
      const place = { path: [holder.id, key], field: keyMember(holder) };
      return { error: errorOf(found.fault, place) };
    }
    parent = found.id;
  }
  return { table, parent };
}
