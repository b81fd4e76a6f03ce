import { concealed } from '../../../../schemas/concealed.ts';
import type { Table } from '../../../../schemas/table.ts';
import type { View } from '../../../store/view.ts';
import { quote } from '../../../text/quote.ts';
import { fieldData } from '../data.ts';
import { fieldLine } from '../show.ts';
import type { FieldDifference, Place, RowDifference, TableDifference } from './difference.ts';
import { type Naming, namingOf } from './naming.ts';

type Views = { readonly before: View; readonly after: View };

/**
 * The commands that make a change, wherever the configuration before it stands. Secrets are not shown: their lines are
 * comments.
 */
export function* commandLines(views: Views, differences: readonly TableDifference[]): Generator<string> {
  const parts = differences.map(({ table, rows }) => ({
    table,
    rows,
    naming: namingOf(table, null, rows, views),
  }));
  for (const { table, rows, naming } of parts) {
    if (rows.some(({ kind }) => kind !== 'deleted') || naming.removed.length + naming.renamed.length > 0)
      yield* block(table, '', rows, naming, views);
  }
  // What is removed may be referred to until the others are changed.
  for (const { table, naming } of parts.toReversed()) {
    if (naming.left.length === 0) continue;
    yield heading(table, '');
    yield* naming.left.map((key) => `  delete ${keyText(table, key)}`);
    yield 'end';
  }
}

function* block(
  table: Table,
  indent: string,
  rows: readonly RowDifference[],
  { removed, renamed }: Naming,
  views: Views,
): Generator<string> {
  yield heading(table, indent);
  const inner = `${indent}  `;
  for (const key of removed) yield `${inner}delete ${keyText(table, key)}`;
  for (const { from, to } of renamed) yield `${inner}rename ${keyText(table, from)} to ${keyText(table, to)}`;
  for (const row of rows) {
    if (row.kind === 'deleted') continue;
    if (table.key === undefined) yield* body(row, inner, views);
    else yield* entry(table, row, inner, views);
  }
  // All that stands before a row must be there, in its place.
  for (const { key, moved } of rows.toSorted((one, other) => one.index - other.index))
    if (moved !== undefined) yield inner + moveCommand(table, key, moved);
  yield `${indent}end`;
}

function heading(table: Table, indent: string): string {
  return indent === '' ? `config ${table.path.join(' ')}` : `${indent}config  ${table.name}`;
}

function* entry(table: Table, row: RowDifference, indent: string, views: Views): Generator<string> {
  if (row.kind !== 'created' && row.fields.length === 0 && row.tables.length === 0) return;
  yield `${indent}edit ${keyText(table, row.key)}`;
  yield* body(row, `${indent}  `, views);
  yield `${indent}next`;
}

function moveCommand(table: Table, key: string, { side, key: other }: Place): string {
  return `move ${keyText(table, key)} ${side} ${keyText(table, other)}`;
}

function* body(row: RowDifference, indent: string, views: Views): Generator<string> {
  for (const difference of row.fields) yield indent + fieldCommand(difference, views);
  for (const { table, rows } of row.tables)
    yield* block(table, indent, rows, namingOf(table, row.id, rows, views), views);
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
  yield sign + heading(table, indent);
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
            before: kind === 'created' ? null : (fieldData(views.before, field, before, shown) ?? null),
            after: fieldData(views.after, field, after, shown) ?? null,
          },
        ]),
      ),
      tables: differenceData(views, tables),
    })),
  }));
}

const shown = { full: true, conceals: true } as const;
