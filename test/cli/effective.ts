import type { Catalogue } from '../../schemas/catalogue.ts';
import type { RowId } from '../../schemas/content.ts';
import { Field, type Table } from '../../schemas/table.ts';
import { contentText } from '../../src/cli/printing/show.ts';
import type { Row, View } from '../../src/store/view.ts';

/** Every value in force, in the order of the rows. */
export function effective(view: View, { tables }: Catalogue): unknown {
  return tables.map((table) => [table.id, tableValues(view, table, null)]);
}

function tableValues(view: View, table: Table, parent: RowId | null): unknown {
  if (table.key !== undefined) {
    return view.rows(table.id, parent).map((row) => [row.key, rowValues(view, table, row)]);
  }
  const id = view.find(table.id, parent, '');
  return rowValues(view, table, id === undefined ? undefined : view.row(id));
}

function rowValues(view: View, table: Table, row: Row | undefined): unknown {
  return table.members.map((member) => {
    if (member instanceof Field) {
      return [member.name, contentText(view, row?.fields.get(member.name) ?? member.meta.default)];
    }
    return [member.name, row === undefined ? [] : tableValues(view, member, row.id)];
  });
}
