import type { Catalogue } from '../../../schemas/catalogue.ts';
import { type Content, type Item, isLink, isList, type RowId } from '../../../schemas/content.ts';
import { destinationOf } from '../../../schemas/destination.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import type { SecretKey } from '../../access/secret-key.ts';
import type { Image, SharedContent, SharedItem, SharedRow } from '../../cluster/configuration/image.ts';
import { describeRow } from '../../model/rows/describe-row.ts';
import type { Row, View } from '../../store/view.ts';
import type { Steps } from '../../time/time-slice.ts';
import type { SharedIds } from './shared-ids.ts';
import { eachSharedRow, isShared, SharingFault, sharedFields, withKey } from './shared-tables.ts';

export type Shareable = {
  readonly catalogue: Catalogue;
  readonly ids: SharedIds;
  readonly secretKey: SecretKey;
};

/** A configuration as far as nodes share it, with its secrets in clear. Throws SharingFault where one can't be read. */
export function* imageOf({ catalogue, ids, secretKey }: Shareable, view: View): Steps<Image> {
  const rows: SharedRow[] = [];
  const idOf = (id: RowId, { key }: Table): string =>
    key === undefined ? (view.row(id)?.table ?? '') : ids.idOf(id);
  yield* eachSharedRow(catalogue, view, (row, table) => {
    const parent = row.parent === null ? null : idOf(row.parent, parentOf(catalogue, table));
    const fields: Record<string, SharedContent> = {};
    for (const field of sharedFields(table)) {
      const content = row.fields.get(field.name);
      if (content === undefined) continue;
      fields[field.name] =
        field.meta.secret === 'reversible'
          ? { secret: clearText(row, table, field, String(content)) }
          : sharedContent(content);
    }
    // That a table has its one row says nothing.
    if (table.key === undefined && Object.keys(fields).length === 0 && table.tables.size === 0) return;
    rows.push({ id: idOf(row.id, table), table: table.id, parent, key: row.key, fields });
  });
  return rows;

  function sharedContent(content: Content): SharedContent {
    return isList(content) ? content.map(sharedItem) : sharedItem(content);
  }

  function sharedItem(item: Item): SharedItem {
    if (!isLink(item)) return item;
    const target = view.row(item.target);
    if (target === undefined) throw new SharingFault(`row ${item.target} is gone`);
    const table = catalogue.tableOf(target.table);
    return isShared(table) && !target.predefined
      ? { row: ids.idOf(target.id) }
      : { table: target.table, key: target.key };
  }

  function clearText(row: Row, table: Table, { name }: Field, kept: string): string {
    const opened = withKey(() => secretKey.open(kept, destinationOf(table, name, row.fields)));
    if ('clearText' in opened) return opened.clearText;
    throw new SharingFault(`${describeRow(catalogue, view, row.id)}: ${name} can't be read: set it again`);
  }
}

function parentOf(catalogue: Catalogue, { path }: Table): Table {
  return catalogue.tableOf(path.slice(0, -1).join(' '));
}
