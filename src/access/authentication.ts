import type { Account } from './account.ts';
import type { Lockout, LockoutRules, Peer, Trial } from './lockout.ts';
import { decoyRecord, verifyPassword } from './password.ts';
import { passwordLength } from './password-rules.ts';

export type Attempt = {
  readonly name: string;
  readonly password: string;
  readonly peer: Peer;
  /** Whoever it is has the operating system's account that owns the state directory. */
  readonly fromOwner: boolean;
};

/** What a try is judged with. One for all tries. */
export type Desk = {
  readonly lockout: Lockout;
  /** Milliseconds, from the origin that the lockout is used with everywhere. */
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
};

export type Authentication =
  /** `must-change`: as `accepted`, once a new password is given. `no-password`: as `accepted`, with a warning. */
  | { readonly result: 'accepted' | 'must-change' | 'no-password'; readonly account: Account }
  /** A wrong name and a wrong password are not told apart. */
  | { readonly result: 'refused'; readonly trial: Trial };

const decoy = decoyRecord();

/** More than a password can have, in whatever normal form: what is longer is wrong, and is not worked on. */
const longest = 32 * passwordLength.maximum;

/**
 * Judges a name and a password. A name that does not exist, and an account without a password where that does not do,
 * cost the same as a wrong password.
 *
 * @param find the account of that name as it is now, if there is one: it is asked when the password is looked at
 */
export async function authenticate(
  find: () => Account | undefined,
  { name, password, peer, fromOwner }: Attempt,
  { lockout, now, wait }: Desk,
  rules: LockoutRules,
): Promise<Authentication> {
  const known = find();
  if (fromOwner && known !== undefined && known.password === undefined) {
    return { result: known.mustChange ? 'must-change' : 'no-password', account: known };
  }
  const trial = lockout.begin(peer, name, now(), rules);
  if (trial.isShut) return { result: 'refused', trial };
  if (trial.pause > 0) await wait(trial.pause);
  const account = find();
  const isRight = await verifyPassword(password.length > longest ? '' : password, account?.password ?? decoy);
  if (!isRight || account?.password === undefined) return { result: 'refused', trial };
  lockout.succeed(peer, name);
  return { result: account.mustChange ? 'must-change' : 'accepted', account };
}

/** The account that the owner of the state directory gets without being asked. */
export const ownersAccount = 'admin';

/** Whether someone is let in as an account without name and password being asked. */
export function entersUnasked(account: Account | undefined, fromOwner: boolean): boolean {
  return fromOwner && account?.name === ownersAccount && account.password === undefined;
}
