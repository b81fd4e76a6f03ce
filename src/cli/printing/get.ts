import { concealed } from '../../../schemas/concealed.ts';
import type { Content, RowId } from '../../../schemas/content.ts';
import { Field, type Table } from '../../../schemas/table.ts';
import type { Row, View } from '../../store/view.ts';
import { contentText } from './show.ts';

/** The keys of a table, one after the other. */
export function* getTable(view: View, table: Table, parent: RowId | null): Generator<string> {
  for (const { key } of view.eachRow(table.id, parent)) {
    yield `== [ ${key} ]`;
    yield `name: ${key}`;
  }
}

/** Every field of a row with the value in force, defaults included, and its sub-tables below. */
export function* getRow(view: View, table: Table, row: Row | undefined, indent = ''): Generator<string> {
  const width = Math.max(0, ...[...table.fields.keys()].map((name) => name.length));
  for (const member of table.members) {
    if (member instanceof Field) {
      const text = shownText(view, member, row?.fields.get(member.name) ?? member.meta.default);
      yield `${indent}${member.name.padEnd(width)} : ${text}`.trimEnd();
    } else if (row !== undefined) {
      yield `${indent}${member.name}:`;
      for (const sub of view.eachRow(member.id, row.id)) {
        yield `${indent}  == [ ${sub.key} ]`;
        yield* getRow(view, member, sub, `${indent}  `);
      }
    }
  }
}

function shownText(view: View, { meta }: Field, content: Content | undefined): string {
  return meta.secret !== undefined && content !== undefined ? concealed : contentText(view, content);
}
