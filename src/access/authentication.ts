import type { Account } from './account.ts';
import type { Lockout, LockoutRules, Peer, Trial } from './lockout.ts';
import { decoyRecord, verifyPassword } from './password.ts';
import { passwordLength } from './password-rules.ts';
import { isTrusted } from './trusted-hosts.ts';

export type Attempt = {
  readonly name: string;
  readonly password: string;
  /** A public key, in the place of a password: whoever tries has signed with it. Or null. */
  readonly key: string | null;
  /** Of the second factor; null: none was given. */
  readonly code: string | null;
  readonly peer: Peer;
  /** Where they come from, through a door; null: from this machine itself. */
  readonly address: string | null;
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
  /** Whether a code is the one of a sealed secret now, and was not used before. */
  readonly isCode: (secret: string, code: string) => boolean;
};

export type Authentication =
  /** `must-change`: as `accepted`, once a new password is given. `no-password`: as `accepted`, with a warning. */
  | { readonly result: 'accepted' | 'must-change' | 'no-password'; readonly account: Account }
  /** Everything else was right: a code is wanted. */
  | { readonly result: 'code' }
  /** A wrong name and a wrong password are not told apart. */
  | { readonly result: 'refused'; readonly trial: Trial };

const decoy = decoyRecord();

/** More than a password can have, in whatever normal form: what is longer is wrong, and is not worked on. */
const longest = 32 * passwordLength.maximum;

/**
 * Judges a name, with a password or a key, and the code of a second factor where one is asked. A name that does not exist,
 * an account without a password where that does not do, and a host that is not trusted cost the same as a wrong password.
 *
 * @param find the account of that name as it is now, if there is one: it is asked when the password is looked at
 */
export function authenticate(
  find: () => Account | undefined,
  attempt: Attempt,
  desk: Desk,
  rules: LockoutRules,
): Promise<Authentication> {
  const judged = (): Promise<Authentication> => judge(find, attempt, desk, rules);
  const { key, peer, name } = attempt;
  // Whoever has a key does not wait for what others type at their address.
  return key === null ? desk.lockout.inTurn(peer, name, judged) : judged();
}

async function judge(
  find: () => Account | undefined,
  attempt: Attempt,
  { lockout, now, wait, isCode }: Desk,
  rules: LockoutRules,
): Promise<Authentication> {
  const { name, peer, code, fromOwner } = attempt;
  const known = find();
  if (fromOwner && known !== undefined && known.password === undefined) {
    return { result: known.mustChange ? 'must-change' : 'no-password', account: known };
  }
  const trial = lockout.begin(peer, name, now(), rules);
  // Nobody guesses a key: whoever has it is not shut out by what others at their address have typed.
  const isKeyAlone = attempt.key !== null && known?.secondFactor === undefined;
  if (trial.isShut && !isKeyAlone) return { result: 'refused', trial };
  if (trial.pause > 0) await wait(trial.pause);
  const account = await holderOf(find, attempt);
  if (account === undefined) return { result: 'refused', trial };
  if (account.secondFactor !== undefined) {
    if (code === null) {
      lockout.excuse(peer, name);
      return { result: 'code' };
    }
    if (!isCode(account.secondFactor, code)) return { result: 'refused', trial };
  }
  if (attempt.key === null || code !== null) lockout.succeed(peer, name);
  else lockout.excuse(peer, name);
  return { result: account.mustChange ? 'must-change' : 'accepted', account };
}

/** The account, if its password or one of its keys was given, from where it may be. */
async function holderOf(
  find: () => Account | undefined,
  { password, key, address }: Attempt,
): Promise<Account | undefined> {
  const account = find();
  const isRight =
    key === null
      ? (await verifyPassword(password.length > longest ? '' : password, account?.password ?? decoy)) &&
        account?.password !== undefined
      : account?.keys.includes(key) === true;
  return isRight && account !== undefined && mayComeFrom(account, address) ? account : undefined;
}

/** Whether somebody may come from there; null: from this machine itself. */
export function mayComeFrom({ trustedHosts }: Account, address: string | null): boolean {
  return address === null || isTrusted(trustedHosts, address);
}

/** The account that the owner of the state directory gets without being asked. */
export const ownersAccount = 'admin';

/** Whether someone is let in as an account without name and password being asked. */
export function entersUnasked(account: Account | undefined, fromOwner: boolean): boolean {
  return fromOwner && account?.name === ownersAccount && account.password === undefined;
}
