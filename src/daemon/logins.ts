import type { Catalogue } from '../../schemas/catalogue.ts';
import type { RowId } from '../../schemas/content.ts';
import type { Account } from '../access/account.ts';
import { authenticate, entersUnasked, ownersAccount } from '../access/authentication.ts';
import { Lockout } from '../access/lockout.ts';
import { Settings } from '../cli/session/settings.ts';
import { monotonicNow } from '../enforcer/engine/clock.ts';
import { login, loginRefused } from '../events/administration.ts';
import { accountOf } from '../model/account.ts';
import { close } from '../model/changes/close.ts';
import { commit } from '../model/changes/commit.ts';
import { edit } from '../model/changes/edit.ts';
import { set } from '../model/changes/set.ts';
import type { Model } from '../model/model.ts';
import { findTable } from '../model/rows/find-table.ts';
import { Draft } from '../store/draft.ts';
import type { Author } from '../store/store.ts';
import type { Configuration } from '../system/configuration.ts';
import type { Credentials, LoginRefusal, Origin } from '../system/login.ts';
import type { Journal } from './journal.ts';

const table = 'system admin';

type Known = { readonly row: RowId; readonly account: Account };

/** Someone who may have a session. */
export type Entered = { readonly row: RowId; readonly name: string; readonly notice: string | null };

/**
 * Lets administrators in. One for the process: who failed is remembered for all sessions. `modelOf` gives the
 * configuration for a change in the name of one.
 */
export class Logins {
  readonly #catalogue: Catalogue;
  readonly #configuration: Configuration;
  readonly #journal: Journal;
  readonly #modelOf: (author: Author) => Model;
  readonly #lockout = new Lockout();

  constructor(
    catalogue: Catalogue,
    configuration: Configuration,
    journal: Journal,
    modelOf: (author: Author) => Model,
  ) {
    this.#modelOf = modelOf;
    this.#catalogue = catalogue;
    this.#configuration = configuration;
    this.#journal = journal;
  }

  async enter(origin: Origin, credentials: Credentials): Promise<Entered | LoginRefusal> {
    const entered = await this.#enter(origin, credentials);
    if (!('kind' in entered)) this.#journal.record(login({ user: entered.name, ui: origin.name }));
    return entered;
  }

  async #enter(
    origin: Origin,
    { name, password, newPassword }: Credentials,
  ): Promise<Entered | LoginRefusal> {
    const known = this.#find(name ?? ownersAccount);
    if (name === null && known !== undefined && entersUnasked(known.account, origin.fromOwner)) {
      return entered(known, `the account "${ownersAccount}" has no password: set one in "config ${table}"`);
    }
    if (name === null || (password === null && known?.account.password !== undefined)) {
      return { kind: 'ask', reason: 'name and password are wanted' };
    }
    const settings = new Settings(this.#catalogue, this.#configuration.view);
    const attempt = { name, password: password ?? '', fromOwner: origin.fromOwner, now: monotonicNow() };
    const judged = await authenticate(known?.account, attempt, this.#lockout, settings.lockoutRules);
    const refuse = (reason: string, lockedOut: boolean): LoginRefusal => {
      this.#journal.record(loginRefused({ user: name, ui: origin.name, reason, lockedOut }));
      return { kind: 'refused', reason };
    };
    if (judged.result === 'refused') return refuse('name or password is wrong', false);
    if (judged.result === 'locked') {
      const minutes = Math.ceil((judged.until - monotonicNow()) / 60_000);
      return refuse(`too many wrong passwords: locked out for ${minutes} min`, true);
    }
    if (known === undefined) return refuse('name or password is wrong', false);
    if (judged.result === 'no-password') return entered(known, `the account "${name}" has no password`);
    return judged.result === 'accepted'
      ? entered(known, null)
      : this.#change(known, password ?? '', newPassword);
  }

  /** Takes the new password of someone who must change it. */
  async #change(
    { row, account }: Known,
    password: string,
    wanted: string | null,
  ): Promise<Entered | LoginRefusal> {
    if (wanted === null) return { kind: 'change', reason: 'a new password is wanted' };
    if (wanted === password) return { kind: 'change', reason: 'the new password is the old one' };
    const model = this.#modelOf({ name: account.name, origin: 'login' });
    const draft = new Draft(this.#configuration.view);
    const accounts = findTable(model, draft, table);
    const edited = 'fault' in accounts ? accounts : edit(model, draft, accounts, account.name);
    if ('fault' in edited) return { kind: 'refused', reason: edited.fault.expected };
    const { opened } = edited;
    const [wrong] = await set(model, opened, 'password', [wanted]);
    if (wrong !== undefined) return { kind: 'change', reason: `wanted: ${wrong.expected}` };
    await set(model, opened, 'force-password-change', ['disable']);
    const missing = close(opened, draft);
    const { faults } = missing.length > 0 ? { faults: missing } : commit(model, draft);
    if (faults.length > 0) return { kind: 'refused', reason: 'the new password could not be saved' };
    return entered({ row, account }, null);
  }

  #find(name: string): Known | undefined {
    const { view } = this.#configuration;
    const id = view.find(table, null, name);
    const account = id === undefined ? undefined : accountOf(view, id);
    return id === undefined || account === undefined ? undefined : { row: id, account };
  }
}

function entered({ row, account }: Known, notice: string | null): Entered {
  return { row, name: account.name, notice };
}
