import type { Account } from './account.ts';
import type { Lockout, LockoutRules } from './lockout.ts';
import { decoyRecord, verifyPassword } from './password.ts';

export type Attempt = {
  readonly name: string;
  readonly password: string;
  /** Whoever it is has the operating system's account that owns the state directory. */
  readonly fromOwner: boolean;
  /** In the unit and from the origin that the lockout is used with everywhere. */
  readonly now: number;
};

export type Authentication =
  /** `must-change`: as `accepted`, once a new password is given. `no-password`: as `accepted`, with a warning. */
  | { readonly result: 'accepted' | 'must-change' | 'no-password'; readonly account: Account }
  /** A wrong name and a wrong password are not told apart. */
  | { readonly result: 'refused' }
  | { readonly result: 'locked'; readonly until: number };

const decoy = decoyRecord();

/**
 * Judges a name and a password. `account`: the one of that name, if there is one. A name that does not exist, and
 * an account without a password where that does not do, cost the same as a wrong password.
 */
export async function authenticate(
  account: Account | undefined,
  { name, password, fromOwner, now }: Attempt,
  lockout: Lockout,
  rules: LockoutRules,
): Promise<Authentication> {
  if (fromOwner && account !== undefined && account.password === undefined) {
    return { result: 'no-password', account };
  }
  const exists = account !== undefined;
  const lockedUntil = lockout.begin(name, exists, now, rules);
  if (lockedUntil !== undefined) return { result: 'locked', until: lockedUntil };
  const isRight = await verifyPassword(password, account?.password ?? decoy);
  if (isRight && account?.password !== undefined) {
    lockout.succeed(name);
    return { result: account.mustChange ? 'must-change' : 'accepted', account };
  }
  const until = lockout.lockedUntil(name, exists, now);
  return until === undefined ? { result: 'refused' } : { result: 'locked', until };
}

/** The account that the owner of the state directory gets without being asked. */
export const ownersAccount = 'admin';

/** Whether someone is let in as an account without name and password being asked. */
export function entersUnasked(account: Account | undefined, fromOwner: boolean): boolean {
  return fromOwner && account?.name === ownersAccount && account.password === undefined;
}
