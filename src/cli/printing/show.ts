import { type Content, isList, itemsOf, type RowId, sameContent } from '../../../schemas/content.ts';
import { Field, type Table } from '../../../schemas/table.ts';
import { printSecret } from '../../access/secret-words.ts';
import { itemText, type Row, type View } from '../../store/view.ts';
import { printWord, quote } from '../../text/quote.ts';

/** Whether every field is printed, or only what differs from its default. */
export type ShowOptions = { readonly full: boolean };

/** A place inside a top-level table: its sub-table `table`, reached through these rows; the last one may be a row of it. */
export type Focus = { readonly table: Table; readonly rows: readonly RowId[] };

/** A table, or the place in it that `focus` names, as commands that can be entered again, wrapped up to the root. */
export function* showTable(view: View, table: Table, options: ShowOptions, focus?: Focus): Generator<string> {
  yield `config ${table.path.join(' ')}`;
  yield* tableBody({ view, options, focus }, table, null, 0, '  ');
  yield 'end';
}

/** Whether `show` has anything to print between `config` and `end`. */
export function hasContent(view: View, table: Table, options: ShowOptions): boolean {
  if (table.readOnly) return false;
  const body = tableBody({ view, options, focus: undefined }, table, null, 0, '');
  return body.next().done !== true;
}

type Printing = { readonly view: View; readonly options: ShowOptions; readonly focus: Focus | undefined };

function* tableBody(
  printing: Printing,
  table: Table,
  parent: RowId | null,
  depth: number,
  indent: string,
): Generator<string> {
  const { view, focus } = printing;
  if (table.key === undefined) {
    const id = view.find(table.id, parent, '');
    yield* rowBody(printing, table, id === undefined ? undefined : view.row(id), depth, indent);
    return;
  }
  const only = focus?.rows[depth];
  const rows = only === undefined ? view.eachRow(table.id, parent) : [view.row(only)];
  for (const row of rows) {
    if (row === undefined || row.predefined) continue;
    yield `${indent}edit ${table.key.kind === 'number' ? row.key : quote(row.key)}`;
    yield* rowBody(printing, table, row, depth, `${indent}  `);
    yield `${indent}next`;
  }
}

function* rowBody(
  printing: Printing,
  table: Table,
  row: Row | undefined,
  depth: number,
  indent: string,
): Generator<string> {
  const { view, options, focus } = printing;
  const towards =
    focus !== undefined && focus.table !== table ? focus.table.path[table.path.length] : undefined;
  for (const member of table.members) {
    if (towards !== undefined && member.name !== towards) continue;
    if (member instanceof Field) {
      const line = fieldLine(view, member, row?.fields.get(member.name), options);
      if (line !== undefined) yield indent + line;
    } else if (
      row !== undefined &&
      (table.key !== undefined || options.full || hasRows(view, member, row.id))
    ) {
      yield `${indent}config  ${member.name}`;
      yield* tableBody(printing, member, row.id, depth + 1, `${indent}  `);
      yield `${indent}end`;
    }
  }
}

/** An entry shows all its sub-tables, as FortiWeb has it; a singleton, which is always there, those that hold something. */
function hasRows(view: View, table: Table, parent: RowId): boolean {
  for (const _ of view.eachRow(table.id, parent)) return true;
  return false;
}

/** What sets a field; undefined: that needs not be said. With `full` all is said. */
export function fieldLine(
  view: View,
  field: Field,
  content: Content | undefined,
  options: ShowOptions,
): string | undefined {
  const { name, meta } = field;
  const shown = content ?? (options.full ? meta.default : undefined);
  if (shown === undefined) return options.full ? `unset ${name}` : undefined;
  if (!options.full && sameContent(shown, meta.default)) return undefined;
  if (isList(shown) && shown.length === 0) return `clear ${name}`;
  const words = itemsOf(shown).map((item) => {
    const text = itemText(view, item);
    if (meta.secret !== undefined) return printSecret(text);
    return meta.quoted ? quote(text) : printWord(text);
  });
  // FortiWeb prints a space behind each item of a list, the last one too.
  return `set ${name} ${words.join(' ')}${isList(shown) ? ' ' : ''}`;
}

/** What a field holds as one text: the name of the row for a reference, the items of a list as words. */
export function contentText(view: View, content: Content | undefined): string {
  if (content === undefined) return '';
  if (!isList(content)) return itemText(view, content);
  return content.map((item) => printWord(itemText(view, item))).join(' ');
}
