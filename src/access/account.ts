import { programMark } from '../../schemas/key.ts';
import { noPermissions, type Permissions, readPermissions } from './permissions.ts';
import { trustedHostsIn } from './trusted-hosts.ts';

/** An administrator, as a login and a session need one. */
export type Account = {
  readonly name: string;
  /** Record of the password, or of the token of a program; undefined: none is set. */
  readonly password: string | undefined;
  /** A new password must be given before anything else is done. */
  readonly mustChange: boolean;
  /** Public keys that let them in, each with its type and its base64. */
  readonly keys: readonly string[];
  /** From where they may come through a door, as prefixes: of IPv4, and of IPv6. */
  readonly trustedHosts: readonly string[];
  /** What codes of a second factor are made from, sealed; undefined: none is asked. */
  readonly secondFactor: string | undefined;
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

/** From a row of `system api-token` and the row of `system accprofile` that it names. */
export function readProgram({ key, fields }: Row, profile: Row | undefined): Account {
  const token = fields.get('secret');
  const account = readAccount({ key: `${programMark}${key}`, fields }, profile);
  return { ...account, password: typeof token === 'string' ? token : undefined };
}

/** From a row of `system admin` and the row of `system accprofile` that it names. */
export function readAccount({ key, fields }: Row, profile: Row | undefined): Account {
  const password = fields.get('password');
  const secret = fields.get('two-factor') === 'totp' ? fields.get('totp-secret') : undefined;
  return {
    name: key,
    password: typeof password === 'string' ? password : undefined,
    mustChange: fields.get('force-password-change') === 'enable',
    keys: textsOf(fields.get('sshkey')).map(keyOf),
    trustedHosts: trustedHostsIn(fields),
    secondFactor: typeof secret === 'string' ? secret : undefined,
    profile: profile?.key ?? '',
    permissions: profile === undefined ? noPermissions : readPermissions(profile.fields),
  };
}

/** A public key without its comment. */
export function keyOf(line: string): string {
  return line.split(' ', 2).join(' ');
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
