import type { Word } from '../../../grammar/word.ts';
import type { Catalogue } from '../../../schemas/catalogue.ts';
import { targetsOf } from '../../../schemas/content.ts';
import type { EarlierField, Field, Table } from '../../../schemas/table.ts';
import type { OpenRow } from '../../model/rows/open-row.ts';
import type { RowLevel } from '../session/levels.ts';
import { fullValues } from './fields.ts';

/** Where a `set` in the form of an earlier version goes today. */
export type Moved =
  | { readonly kind: 'nothing' }
  /** `value`: what could stand there instead of what the field takes. */
  | { readonly kind: 'field'; readonly open: OpenRow; readonly field: Field; readonly value: string | null }
  /** The value is that of an entry of its own, which the field of the row then names. */
  | {
      readonly kind: 'entry';
      readonly open: OpenRow;
      readonly field: Field;
      readonly entry: OpenRow;
      readonly valueField: Field;
    };

/** The first entry of a list: what earlier versions had in the row around it. */
const firstKey = '1';

/**
 * Where a field of an open row is today, when earlier versions had it in the row itself and it is now of the first entry
 * of a list, which is made where there is none. Undefined: it is no such field.
 */
export function movedField(
  catalogue: Catalogue,
  level: RowLevel,
  { text: name }: Word,
  values: readonly Word[],
): Moved | undefined {
  if (level.table.earlier.size === 0) return undefined;
  const earlier = level.table.earlier.get(name);
  const list = earlier && level.table.tables.get(earlier.table);
  const field = list?.fields.get(earlier?.field ?? '');
  if (earlier === undefined || list === undefined || field === undefined) return undefined;
  const [target] = field.meta.tables ?? [];
  if (earlier.valueIn === undefined || target === undefined)
    return { kind: 'field', open: entryOf(level, list), field, value: null };
  return movedValue(catalogue.get(target), level, list, field, earlier.valueIn, values);
}

/** A name that exists is that; what can be a value of the entry itself is one. */
function movedValue(
  target: Table,
  level: RowLevel,
  list: Table,
  field: Field,
  valueIn: NonNullable<EarlierField['valueIn']>,
  values: readonly Word[],
): Moved {
  const valueField = target.fields.get(valueIn);
  if (valueField === undefined) throw new Error(`${target.id} has no field ${valueIn}`);
  const [text, ...more] = fullValues(valueField, values);
  const isName = text !== undefined && level.draft.find(target.id, null, text) !== undefined;
  const reading = text === undefined || isName || more.length > 0 ? undefined : valueField.read(text);
  if (reading === undefined || 'fault' in reading)
    return { kind: 'field', open: entryOf(level, list), field, value: valueField.meta.expected };
  if (reading.value === valueField.meta.default) return { kind: 'nothing' };
  const open = entryOf(level, list);
  const entry = targetFor(target, level, open, field, valueField, reading.value);
  return { kind: 'entry', open, field, entry, valueField };
}

function entryOf({ draft, row, entries }: RowLevel, table: Table): OpenRow {
  const known = draft.find(table.id, row, firstKey);
  if (known !== undefined) draft.open(known);
  const entry = known ?? draft.create(table.id, row, firstKey);
  const open = { table, row: entry, draft };
  entries.set(entry, open);
  return open;
}

/** The entry that has a value, or is to have it: named like the open row, unless another one has that name. */
function targetFor(
  table: Table,
  { draft, row }: RowLevel,
  open: OpenRow,
  { name }: Field,
  valueField: Field,
  value: unknown,
): OpenRow {
  const holds = (id: number): boolean => draft.row(id)?.fields.get(valueField.name) === value;
  const [named] = targetsOf(draft.row(open.row)?.fields.get(name));
  const isOurs = named !== undefined && draft.changeOf(named)?.created === true;
  if (named !== undefined && (holds(named) || isOurs)) return { table, row: named, draft };
  const key = draft.row(row)?.key ?? '';
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? key : `${key.slice(0, 58)}-${number}`;
    const known = draft.find(table.id, null, candidate);
    if (known === undefined) return { table, row: draft.create(table.id, null, candidate), draft };
    if (holds(known)) return { table, row: known, draft };
  }
}
