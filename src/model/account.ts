import { isLink, type RowId } from '../../schemas/content.ts';
import { type Account, readAccount, readProgram } from '../access/account.ts';
import { fullPermissions, noPermissions, type Permissions } from '../access/permissions.ts';
import type { View } from '../store/view.ts';

const programs = 'system api-token';

/** The account that a row of `system admin` or `system api-token` is, with what its profile allows. Undefined: there is no such row. */
export function accountOf(view: View, administrator: RowId): Account | undefined {
  const row = view.row(administrator);
  if (row === undefined) return undefined;
  const profile = row.fields.get('access-profile');
  const read = row.table === programs ? readProgram : readAccount;
  return read(row, isLink(profile) ? view.row(profile.target) : undefined);
}

/** What an administrator, or Levee itself (null), may do in this configuration. */
export function permissionsOf(view: View, administrator: RowId | null): Permissions {
  if (administrator === null) return fullPermissions;
  return accountOf(view, administrator)?.permissions ?? noPermissions;
}

/**
 * What an administrator may do at the moment of asking: whoever was demoted or deleted since has less, or nothing. It is
 * read anew after each revision.
 */
export function permissionsNow(
  { view }: { readonly view: View },
  administrator: RowId | null,
): () => Permissions {
  let revision = view.revision;
  let permissions = permissionsOf(view, administrator);
  return () => {
    if (view.revision !== revision) {
      revision = view.revision;
      permissions = permissionsOf(view, administrator);
    }
    return permissions;
  };
}
