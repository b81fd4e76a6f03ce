import type { Span } from '../../../grammar/statement.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { Draft } from '../../store/draft.ts';
import type { Row, Use, View } from '../../store/view.ts';
import { canRead } from '../faults/permission.ts';
import { describeRow, tableOfRow } from '../printing/describe-row.ts';
import { type Context, done, type Faults } from '../session/context.ts';

/** Removes a row from a draft, unless it is predefined or some other row refers to it: then every user is named. */
export function removeRow(
  context: Pick<Context, 'catalogue' | 'permissions'>,
  draft: Draft,
  row: Row,
  span: Span,
): Faults {
  if (row.predefined) return [{ error: 'read-only', word: row.key, span, expected: 'an entry of your own' }];
  const users = draft.users(row.id).filter((use) => !isWithin(draft, use.row, row.id));
  if (users.length > 0) {
    const names = userNames(context, draft, users);
    return [{ error: 'in-use', word: row.key, span, expected: `used by ${names.join(', ')}` }];
  }
  draft.delete(row.id, context.catalogue.subTablesOf);
  return done;
}

function isWithin(view: View, id: RowId, outer: RowId): boolean {
  if (id === outer) return true;
  const parent = view.row(id)?.parent ?? null;
  return parent !== null && isWithin(view, parent, outer);
}

/** Every user by name, but for those in tables that the administrator may not see: of these the number. */
function userNames(
  { catalogue, permissions }: Pick<Context, 'catalogue' | 'permissions'>,
  view: View,
  users: readonly Use[],
): string[] {
  const seen = users.filter(({ row }) => canRead({ permissions }, tableOfRow(catalogue, view, row)));
  const names = seen.map(({ row, field }) => `${describeRow(catalogue, view, row)} (${field})`);
  const unseen = users.length - seen.length;
  return unseen === 0 ? names : [...names, `${unseen} that your access profile does not show`];
}
