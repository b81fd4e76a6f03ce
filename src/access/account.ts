import { noPermissions, type Permissions, readPermissions } from './permissions.ts';

/** An administrator, as a login and a session need one. */
export type Account = {
  readonly name: string;
  /** Record of the password; undefined: none is set. */
  readonly password: string | undefined;
  /** A new password must be given before anything else is done. */
  readonly mustChange: boolean;
  readonly profile: string;
  readonly permissions: Permissions;
};

/** Why a session must not go on whose account was `before` when it began, and is `now`; undefined: it may. */
export function endOfAccess(
  before: Account,
  now: Account | undefined,
): 'deleted' | 'new-password' | undefined {
  if (now === undefined) return 'deleted';
  return now.password === before.password ? undefined : 'new-password';
}

type Row = { readonly key: string; readonly fields: ReadonlyMap<string, unknown> };

/** From a row of `system admin` and the row of `system accprofile` that it names. */
export function readAccount({ key, fields }: Row, profile: Row | undefined): Account {
  const password = fields.get('password');
  return {
    name: key,
    password: typeof password === 'string' ? password : undefined,
    mustChange: fields.get('force-password-change') === 'enable',
    profile: profile?.key ?? '',
    permissions: profile === undefined ? noPermissions : readPermissions(profile.fields),
  };
}
