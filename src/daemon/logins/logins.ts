import { setTimeout } from 'node:timers/promises';
import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { RowId } from '../../../schemas/content.ts';
import { destinationOf } from '../../../schemas/destination.ts';
import type { Account } from '../../access/account.ts';
import {
  authenticate,
  type Desk,
  entersUnasked,
  mayComeFrom,
  ownersAccount,
} from '../../access/authentication.ts';
import { isNews, Lockout, type LockoutRules, type Peer, type Trial } from '../../access/lockout.ts';
import type { OneTimeCodes } from '../../access/one-time-codes.ts';
import { isSamePassword } from '../../access/password-rules.ts';
import { mayDoEverything } from '../../access/permissions.ts';
import type { SecretKey } from '../../access/secret-key.ts';
import { Settings } from '../../cli/session/settings/settings.ts';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { login, loginRefused } from '../../events/administration.ts';
import { accountOf } from '../../model/account.ts';
import { close } from '../../model/changes/close.ts';
import { commit } from '../../model/changes/commit.ts';
import { edit } from '../../model/changes/edit.ts';
import { set } from '../../model/changes/set.ts';
import type { Model } from '../../model/model.ts';
import { findTable } from '../../model/rows/find-table.ts';
import type { Author } from '../../store/author.ts';
import { Draft } from '../../store/draft.ts';
import type { Configuration } from '../../system/configuration.ts';
import type { Credentials, GivenPasswords, LoginRefusal, Origin, OwnPassword } from '../../system/login.ts';
import { counted } from '../../text/plural.ts';
import type { Journal } from '../logging/journal.ts';
import { OpenSessions } from './open-sessions.ts';

const administrators = 'system admin';
const codeSecret = 'totp-secret';
const isWrong = 'name or password is wrong';

type Known = { readonly row: RowId; readonly account: Account };

/** What it says of the account itself is added where all of them leave. */
type Refusal = Omit<LoginRefusal, 'plain'>;

/** For the log alone: who tries is told no more than that something is wrong. */
function whyNot(account: Account, address: string | null): string {
  if (!mayComeFrom(account, address)) return 'that host is not trusted';
  return account.password === undefined && account.keys.length === 0
    ? 'the account has no password, and is for this machine alone'
    : isWrong;
}

/** Someone who may have sessions. */
export type Entered = Known & { readonly notice: string | null };

/**
 * Lets administrators in. One for the process: who failed is remembered for all sessions. `modelOf` gives the
 * configuration for a change in the name of one.
 */
export class Logins {
  readonly #catalogue: Catalogue;
  readonly #configuration: Configuration;
  readonly #journal: Journal;
  readonly #modelOf: (author: Author) => Model;
  readonly #desk: Desk;
  readonly #codes: OneTimeCodes;
  readonly #secretKey: SecretKey;
  readonly #sessions = new OpenSessions();

  constructor(
    catalogue: Catalogue,
    configuration: Configuration,
    journal: Journal,
    secretKey: SecretKey,
    codes: OneTimeCodes,
    modelOf: (author: Author) => Model,
    desk: Partial<Desk> = {},
  ) {
    this.#desk = {
      lockout: new Lockout(),
      now: monotonicNow,
      wait: unreferencedPause,
      isCode: (sealed, code) => this.#codes.isFresh(this.#revealed(sealed), code),
      ...desk,
    };
    this.#secretKey = secretKey;
    this.#codes = codes;
    this.#modelOf = modelOf;
    this.#catalogue = catalogue;
    this.#configuration = configuration;
    this.#journal = journal;
  }

  /** Who is let in may have sessions, each from `begin` to `over`. */
  async enter(origin: Origin, credentials: Credentials): Promise<Entered | LoginRefusal> {
    const entered = await this.#enter(origin, credentials);
    const refused = (refusal: Refusal): LoginRefusal => ({
      ...refusal,
      plain: this.#isPlain(origin, credentials),
    });
    if ('kind' in entered) return refused(entered);
    const { row, account } = entered;
    const { secondFactor } = account;
    const { code } = credentials;
    // Somebody else may have used it in the meantime.
    if (secondFactor !== undefined && code !== null && !this.#codes.use(this.#revealed(secondFactor), code))
      return refused({ kind: 'refused', reason: isWrong });
    const tooMany = this.#sessions.reasonAgainst(row, this.#isFull(row));
    if (tooMany !== undefined) return refused({ kind: 'refused', reason: tooMany });
    this.#journal.record(login({ user: account.name, ui: origin.name }));
    return entered;
  }

  /** One more session of someone who was let in; or why there can be none. */
  begin(administrator: RowId): string | undefined {
    return this.#sessions.open(administrator, this.#isFull(administrator));
  }

  /** A session of someone who was let in is over. */
  over(administrator: RowId): void {
    this.#sessions.close(administrator);
  }

  #isFull(administrator: RowId): boolean {
    const account = accountOf(this.#configuration.view, administrator);
    return account !== undefined && mayDoEverything(account.permissions);
  }

  /** Whether a key lets somebody in from there, once they have signed with it: no try of a password. */
  knowsKey({ address }: Origin, name: string, key: string): boolean {
    const account = this.#find(name)?.account;
    return account?.keys.includes(key) === true && mayComeFrom(account, address);
  }

  /** What codes are made from, in base32; of a secret that can't be had there is no code. */
  #revealed(sealed: string): string {
    const table = this.#catalogue.get(administrators);
    const opened = this.#secretKey.open(sealed, destinationOf(table, codeSecret, new Map()));
    return 'clearText' in opened ? opened.clearText : '';
  }

  /** The password of an administrator who has a session. */
  ownPassword(row: RowId, author: Author, origin: Origin): OwnPassword {
    return {
      isSet: () => accountOf(this.#configuration.view, row)?.password !== undefined,
      change: (given) => this.#changeOwn(row, author, origin, given),
    };
  }

  /** Nobody else is told anything of an account before they are known. */
  #isPlain(origin: Origin, { name }: Credentials): boolean {
    const known = isFromOwner(origin) && name !== null ? this.#find(name) : undefined;
    const settings = new Settings(this.#catalogue, this.#configuration.view);
    return known !== undefined && settings.isPlainFor(known.row);
  }

  async #enter(origin: Origin, credentials: Credentials): Promise<Entered | Refusal> {
    const { name, password, key, code, newPassword } = credentials;
    const { address } = origin;
    const fromOwner = isFromOwner(origin);
    const known = this.#find(name ?? ownersAccount);
    if (name === null && known !== undefined && entersUnasked(known.account, fromOwner)) {
      if (known.account.mustChange) return this.#change(known, atLogin(known), '', newPassword);
      return entered(
        known,
        `the account "${ownersAccount}" has no password: set one in "config ${administrators}"`,
      );
    }
    const needsNone = fromOwner && known !== undefined && known.account.password === undefined;
    if (name === null || (password === null && key === null && !needsNone)) {
      return { kind: 'ask', reason: 'name and password are wanted' };
    }
    const rules = new Settings(this.#catalogue, this.#configuration.view).lockoutRules;
    const attempt = { name, password: password ?? '', key, code, address, fromOwner, peer: peerOf(origin) };
    const judged = await authenticate(() => this.#find(name)?.account, attempt, this.#desk, rules);
    const found = this.#find(name);
    if (judged.result === 'code') return { kind: 'code', reason: 'a code is wanted' };
    if (judged.result === 'refused') {
      return this.#refuse(origin, found?.account, judged.trial, rules);
    }
    // The account may have been deleted, or have got another password, while this one was looked at.
    if (found === undefined || found.account.password !== judged.account.password) {
      return { kind: 'refused', reason: isWrong };
    }
    if (judged.result === 'must-change' && key !== null && found.account.password !== undefined)
      return { kind: 'ask', reason: 'a new password is wanted: the old one comes first' };
    if (judged.result === 'must-change')
      return this.#change(found, atLogin(found), password ?? '', newPassword);
    return entered(found, judged.result === 'accepted' ? null : `the account "${name}" has no password`);
  }

  /** `account`: that was named, if there is one; what was typed instead may be a password. */
  #refuse(
    { name: ui, address }: Origin,
    account: Account | undefined,
    trial: Trial,
    rules: LockoutRules,
  ): Refusal {
    const { failures, shutUntil, nextPause } = trial;
    if (isNews(failures, rules)) {
      const isMany = failures >= rules.threshold;
      const reason = account === undefined ? isWrong : whyNot(account, address);
      this.#journal.record(loginRefused({ user: account?.name ?? null, ui, reason, failures, isMany }));
    }
    if (shutUntil !== null) {
      const minutes = Math.ceil((shutUntil - this.#desk.now()) / 60_000);
      return {
        kind: 'refused',
        reason: `too many wrong passwords from there: wait ${counted(minutes, 'minute')}`,
      };
    }
    const next = nextPause === 0 ? '' : `; the next try takes ${counted(nextPause / 1000, 'second')}`;
    return { kind: 'refused', reason: `${isWrong}${next}` };
  }

  /** Takes the new password of an administrator. */
  async #change(
    { row, account }: Known,
    author: Author,
    password: string,
    wanted: string | null,
  ): Promise<Entered | Refusal> {
    if (wanted === null) return { kind: 'change', reason: 'a new password is wanted' };
    if (isSamePassword(wanted, password))
      return { kind: 'change', reason: 'the new password is the old one' };
    const model = this.#modelOf(author);
    const draft = new Draft(this.#configuration.view);
    const accounts = findTable(model, draft, administrators);
    const edited = 'fault' in accounts ? accounts : edit(model, draft, accounts, account.name);
    if ('fault' in edited) return { kind: 'refused', reason: edited.fault.expected };
    const { opened } = edited;
    const [wrong] = await set(model, opened, 'password', [wanted]);
    if (wrong !== undefined) return { kind: 'change', reason: `wanted: ${wrong.expected}` };
    await set(model, opened, 'force-password-change', ['disable']);
    const missing = close(model, opened, draft);
    const { faults } = missing.length > 0 ? { faults: missing } : commit(model, draft, { evenHeld: true });
    if (faults.length > 0) return { kind: 'refused', reason: 'the new password could not be saved' };
    return entered({ row, account: accountOf(this.#configuration.view, row) ?? account }, null);
  }

  /** Wrong passwords count as at a login. */
  async #changeOwn(
    row: RowId,
    author: Author,
    origin: Origin,
    given: GivenPasswords,
  ): Promise<string | null> {
    const known = (): Known | undefined => {
      const account = accountOf(this.#configuration.view, row);
      return account && { row, account };
    };
    const before = known();
    // Who has come with a key may have none yet.
    if (before !== undefined && before.account.password === undefined)
      return reasonOf(await this.#change(before, author, '', given.wanted));
    const rules = new Settings(this.#catalogue, this.#configuration.view).lockoutRules;
    const { address } = origin;
    const attempt = {
      name: author.name,
      password: given.current,
      key: null,
      code: null,
      address,
      fromOwner: isFromOwner(origin),
      peer: peerOf(origin),
    };
    // They have given a code when they came.
    const withoutCode = (): Account | undefined => {
      const account = known()?.account;
      return account && { ...account, secondFactor: undefined };
    };
    const judged = await authenticate(withoutCode, attempt, this.#desk, rules);
    const found = known();
    if (judged.result === 'refused' || found === undefined) return 'the present password is wrong';
    return reasonOf(await this.#change(found, author, given.current, given.wanted));
  }

  #find(name: string): Known | undefined {
    const { view } = this.#configuration;
    const id = view.find(administrators, null, name);
    const account = id === undefined ? undefined : accountOf(view, id);
    return id === undefined || account === undefined ? undefined : { row: id, account };
  }
}

function atLogin({ account: { name } }: Known): Author {
  return { name, origin: 'login' };
}

function entered({ row, account }: Known, notice: string | null): Entered {
  return { row, account, notice };
}

/** Why there is no new password; null: there is. */
function reasonOf(changed: Entered | Refusal): string | null {
  return 'kind' in changed ? changed.reason : null;
}

function isFromOwner({ door }: Origin): boolean {
  return door === null;
}

/** Whoever owns the state directory is on this machine. */
function peerOf(origin: Origin): Peer {
  return { id: origin.peer, isLocal: isFromOwner(origin) };
}

/** Nobody who has to wait keeps the process alive. */
function unreferencedPause(milliseconds: number): Promise<void> {
  return setTimeout(milliseconds, undefined, { ref: false });
}
