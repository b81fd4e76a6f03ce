import type { RowId } from '../../../schemas/content.ts';
import type { KeyReading, Table } from '../../../schemas/table.ts';
import type { Row, View } from '../../store/view.ts';
import { nearest } from '../../text/nearest.ts';
import type { ModelFault } from '../fault.ts';
import type { Model } from '../model.ts';
import { canRead } from '../permission.ts';
import type { OpenTable } from './open-table.ts';

type Asking = Pick<Model, 'permissions' | 'isRejected'>;

/** The row of a table that a key names. */
export function findRow(
  asking: Asking,
  view: View,
  { table, parent }: OpenTable,
  key: string,
): { readonly id: RowId; readonly row: Row } | { readonly fault: ModelFault } {
  const reading = table.readKey(key);
  const id = view.find(table.id, parent, 'key' in reading ? reading.key : key);
  const row = id === undefined ? undefined : view.row(id);
  if (id !== undefined && row !== undefined) return { id, row };
  return { fault: { ...notFound(asking, view, [table], parent, key), argument: 'key' } };
}

/** Keys that are shown for comparison with a wrong one: enough for any table that a person reads. */
const compared = 1000;

/** No row of these tables has that name. Names that the author may not see are not compared. */
export function notFound(
  { permissions, isRejected }: Asking,
  view: View,
  tables: readonly Table[],
  parent: RowId | null,
  word: string,
): ModelFault {
  const keys = tables
    .filter((table) => canRead({ permissions }, table))
    .flatMap((table) => view.keys(table.id, parent, '', compared).keys);
  return {
    error: 'not-found',
    word,
    expected: `an existing entry of ${tables.map((table) => table.id).join(' or ')}`,
    nearest: nearest(word, keys),
    consequence: parent === null && tables.some((table) => isRejected(table.id, word)),
  };
}

/** What a text that can't be a key of a table is at fault for. */
export function keyFault(reading: Exclude<KeyReading, { key: string }>, word: string): ModelFault {
  return { error: reading.fault, word, expected: reading.expected };
}

/** What the key 0 means: one more than the highest number in use, or the lowest free one where that would be too high. */
export function nextFreeNumber(view: View, { table, parent }: OpenTable): string | undefined {
  const maximum = table.key?.maximum ?? 0;
  const used = new Set(view.rows(table.id, parent).map(({ key }) => Number(key)));
  const next = Math.max(0, ...used) + 1;
  if (next <= maximum) return String(next);
  for (let number = 1; number <= maximum; number++) if (!used.has(number)) return String(number);
  return undefined;
}

/** A table that has no number left. */
export function noNumberLeft({ table }: OpenTable, word: string): ModelFault {
  return { error: 'too-many', word, expected: `at most ${table.key?.maximum} entries` };
}

/** Whether a key is that of a predefined row, here or where a reference would find it instead. */
export function isPredefined({ catalogue }: Pick<Model, 'catalogue'>, table: Table, key: string): boolean {
  return table.readOnly || catalogue.namesakes(table).some((other) => other.predefined.has(key));
}

export function predefinedFault(key: string): ModelFault {
  return { error: 'read-only', word: key, expected: 'a name of your own, in a table that can be changed' };
}

/** A key for a row that is to come: valid, free, and not one that a predefined row has taken. */
export function newKey(
  model: Pick<Model, 'catalogue'>,
  view: View,
  open: OpenTable,
  name: string,
): { readonly key: string } | { readonly fault: ModelFault } {
  const { table, parent } = open;
  const reading = table.readKey(name);
  if ('fault' in reading) return { fault: keyFault(reading, name) };
  const { key } = reading;
  if (table.key?.kind === 'number' && key === '0') {
    const next = nextFreeNumber(view, open);
    return next === undefined ? { fault: noNumberLeft(open, name) } : { key: next };
  }
  if (isPredefined(model, table, key)) return { fault: predefinedFault(key) };
  if (view.find(table.id, parent, key) !== undefined) {
    return { fault: { error: 'exists', word: key, expected: 'a name that no other entry has' } };
  }
  return { key };
}
