import type { RowId } from '../../../schemas/content.ts';
import type { Table } from '../../../schemas/table.ts';
import type { View } from '../../store/view.ts';
import { nearest } from '../../text/nearest.ts';
import type { ModelFault } from '../fault.ts';
import type { Model } from '../model.ts';
import { closedTo } from '../permission.ts';
import { findRow } from './keys.ts';
import type { OpenTable } from './open-table.ts';

/**
 * The table of a path, its words joined by one space; for a sub-table `keys` name the rows that hold it, the outermost
 * first.
 */
export function findTable(
  model: Model,
  view: View,
  path: string,
  keys: readonly string[] = [],
): OpenTable | { readonly fault: ModelFault } {
  const { catalogue } = model;
  const words = path.split(' ');
  const top = catalogue.tables.find((table) => table.path.every((word, index) => words[index] === word));
  if (top === undefined) return { fault: unknownTable(path, catalogue.tables) };
  const forbidden = closedTo(model, top);
  if (forbidden !== undefined) return { fault: { ...forbidden, argument: 'table' } };
  let open: OpenTable = { table: top, parent: null };
  for (const [depth, name] of words.slice(top.path.length).entries()) {
    const table = open.table.tables.get(name);
    if (table === undefined) return { fault: unknownTable(path, [...open.table.tables.values()]) };
    const holder = holderOf(model, view, open, keys[depth]);
    if (typeof holder === 'object') return holder;
    open = { table, parent: holder };
  }
  return open;
}

/** The row that holds a sub-table. */
function holderOf(
  model: Model,
  view: View,
  { table, parent }: OpenTable,
  key: string | undefined,
): RowId | { readonly fault: ModelFault } {
  if (key === undefined) {
    return { fault: { error: 'incomplete', word: '', argument: 'key', expected: `an entry of ${table.id}` } };
  }
  const found = findRow(model, view, { table, parent }, key);
  return 'fault' in found ? found : found.id;
}

function unknownTable(path: string, tables: readonly Table[]): ModelFault {
  const ids = tables.map(({ id }) => id);
  return {
    error: 'unknown-word',
    word: path,
    argument: 'table',
    expected: ids.length === 0 ? 'a table, which has no sub-table' : `one of ${ids.join(', ')}`,
    nearest: nearest(path, ids),
  };
}
