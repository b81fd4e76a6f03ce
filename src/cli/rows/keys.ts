import type { Word } from '../../../grammar/statement.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { KeyReading, Table } from '../../../schemas/table.ts';
import type { Row, View } from '../../store/view.ts';
import { nearest } from '../../text/nearest.ts';
import { canRead } from '../faults/permission.ts';
import type { Fault } from '../faults/problem.ts';
import type { Context } from '../session/context.ts';
import type { TableLevel } from '../session/levels.ts';

/** What `edit 0` opens: one more than the highest number in use, or the lowest free one where that would be too high. */
export function nextFreeNumber(view: View, { table, parent }: TableLevel): string | undefined {
  const maximum = table.key?.maximum ?? 0;
  const used = new Set(view.rows(table.id, parent).map(({ key }) => Number(key)));
  const next = Math.max(0, ...used) + 1;
  if (next <= maximum) return String(next);
  for (let number = 1; number <= maximum; number++) if (!used.has(number)) return String(number);
  return undefined;
}

/** A table that has no number left. */
export function noNumberLeft({ table }: TableLevel, { text, span }: Pick<Word, 'text' | 'span'>): Fault {
  return { error: 'too-many', word: text, span, expected: `at most ${table.key?.maximum} entries` };
}

/** Keys that are shown for comparison with a wrong one: enough for any table that a person reads. */
const compared = 1000;

/** The row of a table that a word names. */
export function existingRow(
  context: Pick<Context, 'permissions' | 'isRejected'>,
  view: View,
  table: Table,
  parent: RowId | null,
  word: Word,
): { readonly id: RowId; readonly row: Row } | { readonly fault: Fault } {
  const reading = table.readKey(word.text);
  const key = 'key' in reading ? reading.key : word.text;
  const id = view.find(table.id, parent, key);
  const row = id === undefined ? undefined : view.row(id);
  if (id !== undefined && row !== undefined) return { id, row };
  return { fault: notFound(context, view, [table], parent, word) };
}

/** No row of these tables has that name. Names that the administrator may not see are not compared. */
export function notFound(
  { permissions, isRejected }: Pick<Context, 'permissions' | 'isRejected'>,
  view: View,
  tables: readonly Table[],
  parent: RowId | null,
  word: Word,
): Fault {
  const keys = tables
    .filter((table) => canRead({ permissions }, table))
    .flatMap((table) => view.keys(table.id, parent, '', compared).keys);
  return {
    error: 'not-found',
    word: word.text,
    span: word.span,
    expected: `an existing entry of ${tables.map((table) => table.id).join(' or ')}`,
    nearest: nearest(word.text, keys),
    consequence: parent === null && tables.some((table) => isRejected(table.id, word.text)),
  };
}

export function keyFault(reading: Exclude<KeyReading, { key: string }>, word: Word): Fault {
  return { error: reading.fault, word: word.text, span: word.span, expected: reading.expected };
}

/** A key for a row that is to come: valid, free, and not one that a predefined row has taken. */
export function newKey(
  { catalogue }: Pick<Context, 'catalogue'>,
  view: View,
  level: TableLevel,
  word: Word,
): { readonly key: string } | { readonly fault: Fault } {
  const { table, parent } = level;
  const { text, span } = word;
  const reading = table.readKey(text);
  if ('fault' in reading) return { fault: keyFault(reading, word) };
  const { key } = reading;
  if (table.key?.kind === 'number' && key === '0') {
    const next = nextFreeNumber(view, level);
    return next === undefined ? { fault: noNumberLeft(level, word) } : { key: next };
  }
  const taken = catalogue.namesakes(table).some((other) => other.predefined.has(key));
  if (table.readOnly || taken) {
    return {
      fault: {
        error: 'read-only',
        word: key,
        span,
        expected: 'a name of your own, in a table that can be changed',
      },
    };
  }
  if (view.find(table.id, parent, key) !== undefined) {
    return { fault: { error: 'exists', word: key, span, expected: 'a name that no other entry has' } };
  }
  return { key };
}
