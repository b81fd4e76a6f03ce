import { concealed } from '../../../schemas/concealed.ts';
import type { Table } from '../../../schemas/table.ts';
import type { View } from '../../store/view.ts';
import { quote } from '../../text/quote.ts';
import { fieldData } from './data.ts';
import type { FieldDifference, Place, RowDifference, TableDifference } from './difference.ts';
import { fieldLine } from './show.ts';

type Views = { readonly before: View; readonly after: View };

/** The commands that make a change. Secrets are not shown: their lines are comments. */
export function* commandLines(views: Views, differences: readonly TableDifference[]): Generator<string> {
  const parts = differences.map(({ table, rows }) => {
    const made = new Set(rows.filter(({ kind }) => kind === 'created').map(({ key }) => key));
    const isRemoved = ({ kind, key }: RowDifference): boolean => kind === 'deleted' && !made.has(key);
    return { table, others: rows.filter((row) => !isRemoved(row)), removed: rows.filter(isRemoved) };
  });
  for (const { table, others } of parts) yield* block(table, '', others, views);
  // What is removed may be referred to until the others are changed.
  for (const { table, removed } of parts.toReversed()) yield* block(table, '', removed, views);
}

function* block(
  table: Table,
  indent: string,
  rows: readonly RowDifference[],
  views: Views,
): Generator<string> {
  if (rows.length === 0) return;
  yield indent === '' ? `config ${table.path.join(' ')}` : `${indent}config  ${table.name}`;
  const inner = `${indent}  `;
  for (const row of rows) {
    if (row.kind === 'deleted') yield `${inner}delete ${keyText(table, row.key)}`;
    else if (table.key === undefined) yield* body(row, inner, views);
    else yield* entry(table, row, inner, views);
  }
  // All that stands before a row must be there, in its place.
  for (const { key, moved } of rows.toSorted((one, other) => one.index - other.index))
    if (moved !== undefined) yield inner + moveCommand(table, key, moved);
  yield `${indent}end`;
}

function* entry(table: Table, row: RowDifference, indent: string, views: Views): Generator<string> {
  const key = keyText(table, row.key);
  if (row.formerKey !== undefined) yield `${indent}rename ${keyText(table, row.formerKey)} to ${key}`;
  if (row.kind === 'created' || row.fields.length > 0 || row.tables.length > 0) {
    yield `${indent}edit ${key}`;
    yield* body(row, `${indent}  `, views);
    yield `${indent}next`;
  }
}

function moveCommand(table: Table, key: string, { side, key: other }: Place): string {
  return `move ${keyText(table, key)} ${side} ${keyText(table, other)}`;
}

function* body(row: RowDifference, indent: string, views: Views): Generator<string> {
  for (const difference of row.fields) yield indent + fieldCommand(difference, views);
  for (const { table, rows } of row.tables) yield* block(table, indent, rows, views);
}

function fieldCommand({ field, after }: FieldDifference, views: Views): string {
  if (after === undefined) return `unset ${field.name}`;
  if (field.meta.secret !== undefined) return `# set ${field.name} ${concealed}`;
  return fieldLine(views.after, field, after, { full: true }) ?? `unset ${field.name}`;
}

/** Lines with `-` for what goes and `+` for what comes, in the places where they stand. */
export function* comparedLines(views: Views, differences: readonly TableDifference[]): Generator<string> {
  for (const difference of differences) yield* compared(difference, '', ' ', views);
}

type Sign = ' ' | '+' | '-';

function* compared(
  { table, rows }: TableDifference,
  indent: string,
  sign: Sign,
  views: Views,
): Generator<string> {
  yield `${sign}${indent}config ${indent === '' ? table.path.join(' ') : ` ${table.name}`}`;
  const inner = `${indent}  `;
  for (const row of rows) {
    const own: Sign = row.kind === 'created' ? '+' : row.kind === 'deleted' ? '-' : sign;
    const key = keyText(table, row.key);
    if (table.key !== undefined) {
      if (row.formerKey === undefined) yield `${own}${inner}edit ${key}`;
      else yield* [`-${inner}edit ${keyText(table, row.formerKey)}`, `+${inner}edit ${key}`];
    }
    const deeper = table.key === undefined ? inner : `${inner}  `;
    for (const difference of row.fields) yield* comparedField(difference, deeper, views);
    for (const below of row.tables) yield* compared(below, deeper, own, views);
    if (table.key !== undefined) yield `${own}${inner}next`;
    if (row.moved !== undefined) yield `+${inner}${moveCommand(table, row.key, row.moved)}`;
  }
  yield `${sign}${indent}end`;
}

function* comparedField(
  { field, before, after }: FieldDifference,
  indent: string,
  views: Views,
): Generator<string> {
  const hidden = `set ${field.name} ${concealed}`;
  for (const [sign, content, view] of [
    ['-', before, views.before],
    ['+', after, views.after],
  ] as const) {
    if (content === undefined) continue;
    const line = field.meta.secret === undefined ? fieldLine(view, field, content, { full: true }) : hidden;
    if (line !== undefined)
      yield* line.split('\n').map((part, index) => sign + (index === 0 ? indent : '') + part);
  }
}

function keyText({ key }: Table, text: string): string {
  return key?.kind === 'number' ? text : quote(text);
}

/** The same as data: a list of tables with their entries. */
export function differenceData(views: Views, differences: readonly TableDifference[]): unknown {
  return differences.map(({ table, rows }) => ({
    path: table.path.join(' '),
    entries: rows.map(({ kind, key, formerKey, moved, fields, tables }) => ({
      key: table.key === undefined ? null : table.key.kind === 'number' ? Number(key) : key,
      change: kind,
      ...(formerKey === undefined ? {} : { formerKey }),
      ...(moved === undefined ? {} : { moved }),
      fields: Object.fromEntries(
        fields.map(({ field, before, after }) => [
          field.name,
          {
            before: fieldData(views.before, field, before, shown) ?? null,
            after: fieldData(views.after, field, after, shown) ?? null,
          },
        ]),
      ),
      tables: differenceData(views, tables),
    })),
  }));
}

const shown = { full: true, conceals: true } as const;
