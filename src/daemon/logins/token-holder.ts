import type { RowId } from '../../../schemas/content.ts';
import type { Account } from '../../access/account.ts';
import { tokenRecord } from '../../access/api-token.ts';
import { accountOf } from '../../model/account.ts';
import type { View } from '../../store/view.ts';

const tokens = 'system api-token';

/** Whose token a text is, while that is valid. `now`: milliseconds since 1970. */
export function tokenHolder(
  view: View,
  text: string,
  now = Date.now(),
): { readonly row: RowId; readonly account: Account } | undefined {
  const record = tokenRecord(text);
  if (record === undefined) return undefined;
  // Nobody can come near a record by trying: how long it takes to compare them tells nothing of use.
  const row = view.rows(tokens, null).find(({ fields }) => fields.get('secret') === record);
  const expires = row?.fields.get('expires');
  if (row === undefined || (expires !== undefined && Date.parse(String(expires)) <= now)) return undefined;
  const account = accountOf(view, row.id);
  return account && { row: row.id, account };
}
