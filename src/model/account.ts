import { isLink, type RowId } from '../../schemas/content.ts';
import { type Account, readAccount } from '../access/account.ts';
import { fullPermissions, noPermissions, type Permissions } from '../access/permissions.ts';
import type { View } from '../store/view.ts';

/** The account that a row of `system admin` is, with what its profile allows. Undefined: there is no such row. */
export function accountOf(view: View, administrator: RowId): Account | undefined {
  const row = view.row(administrator);
  if (row === undefined) return undefined;
  const profile = row.fields.get('access-profile');
  return readAccount(row, isLink(profile) ? view.row(profile.target) : undefined);
}

/**
 * What an administrator, or Levee itself (null), may do now: a change of the profile reaches sessions that are open.
 */
export function permissionsOf(view: View, administrator: RowId | null): Permissions {
  if (administrator === null) return fullPermissions;
  return accountOf(view, administrator)?.permissions ?? noPermissions;
}
