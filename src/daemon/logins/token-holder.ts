import type { RowId } from '../../../schemas/content.ts';
import type { Account } from '../../access/account.ts';
import { tokenRecord } from '../../access/api-token.ts';
import { accountOf } from '../../model/account.ts';
import type { View } from '../../store/view.ts';

const tokens = 'system api-token';

/** Whose token a text is, and whether its time is over. `now`: milliseconds since 1970. */
export function tokenHolder(
  view: View,
  text: string,
  now = Date.now(),
): { readonly row: RowId; readonly account: Account; readonly isOver: boolean } | undefined {
  const record = tokenRecord(text);
  if (record === undefined) return undefined;
  // Nobody can come near a record by trying: how long it takes to compare them tells nothing of use.
  const row = view.rows(tokens, null).find(({ fields }) => fields.get('secret') === record);
  const account = row && accountOf(view, row.id);
  if (row === undefined || account === undefined) return undefined;
  const expires = row.fields.get('expires');
  const isOver = expires !== undefined && Date.parse(String(expires)) <= now;
  return { row: row.id, account, isOver };
}
