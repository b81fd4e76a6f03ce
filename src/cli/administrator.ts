import { isLink, type RowId } from '../../schemas/content.ts';
import { readAccount } from '../access/account.ts';
import { fullPermissions, noPermissions, type Permissions } from '../access/permissions.ts';
import type { View } from '../store/view.ts';

/** Whose session it is: a row of `system admin`, or null for Levee itself. */
export type Administrator = RowId | null;

/** What an administrator may do now: a change of the profile reaches sessions that are open. */
export function permissionsOf(view: View, administrator: Administrator): Permissions {
  if (administrator === null) return fullPermissions;
  const row = view.row(administrator);
  if (row === undefined) return noPermissions;
  const profile = row.fields.get('access-profile');
  return readAccount(row, isLink(profile) ? view.row(profile.target) : undefined).permissions;
}
