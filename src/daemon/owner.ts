import { existsSync } from 'node:fs';
import type { Catalogue } from '../../schemas/catalogue.ts';
import type { RowId } from '../../schemas/content.ts';
import { OneTimeCodes } from '../access/one-time-codes.ts';
import { SecretKey } from '../access/secret-key.ts';
import { type Language, loadLanguage } from '../cli/language/language.ts';
import { LocalSession } from '../cli/session/local-session.ts';
import type { Login, OpenSession } from '../cli/session/open-session.ts';
import { modelOf, type SessionServices } from '../cli/session/services.ts';
import type { Session } from '../cli/session/session.ts';
import { entryLimits } from '../cli/session/settings/limits.ts';
import type { Door } from '../doors/door.ts';
import { codesNotKept } from '../events/administration.ts';
import { describe, type Event } from '../events/events.ts';
import { copyFailed, historyBegun, revisionsForgotten } from '../events/lifecycle.ts';
import { revisionReverted, transactionEnding, transactionExpired } from '../events/revisions.ts';
import type { Transaction } from '../model/transactions/transaction.ts';
import { Transactions } from '../model/transactions/transactions.ts';
import type { Author } from '../store/author.ts';
import type { StoredBlocks } from '../store/blocks.ts';
import { DamagedDatabase } from '../store/damage.ts';
import type { StoredSharing } from '../store/sharing.ts';
import { othersCanNotGoOn, type Store } from '../store/store.ts';
import { type Credentials, fromHere, type Origin } from '../system/login.ts';
import type { Ping } from '../system/ping.ts';
import type { DoorAccess } from '../system/reports/doors.ts';
import { LoggedUsers } from '../system/reports/logged-users.ts';
import { Shares } from '../system/shares.ts';
import type { System } from '../system/system.ts';
import { StoredConfiguration } from './configuration/configuration.ts';
import { configurationEvents } from './configuration/configuration-events.ts';
import { Journal } from './logging/journal.ts';
import { Logins } from './logins/logins.ts';
import { Reception } from './logins/reception.ts';
import { DatabaseCopy, remedyFor } from './state/database-copy.ts';
import { settledEarlySecrets } from './state/early-secrets.ts';
import { fittingStore } from './state/fitting-store.ts';
import { adoptLock, type Holder, isLock, type Lock, takeLock } from './state/lock.ts';
import { type StateDirectory, traceOfLost } from './state/state-directory.ts';
import { UsedCodes } from './state/used-codes.ts';

/** Of `sun_path` in bytes, without its last NUL (unix(7)). */
const longestSocketPath = process.platform === 'darwin' ? 103 : 107;

/** Takes a line for whoever looks after this process. */
type Report = (line: string) => void;

/** The one process that owns a state directory: store, sessions and, once started, the enforcer. */
export class Owner {
  readonly state: StateDirectory;
  readonly configuration: StoredConfiguration;
  readonly journal = new Journal();
  /** Under which secrets are kept that can be had back. */
  readonly secretKey: SecretKey;
  system: System | undefined;
  doors: DoorAccess | undefined;
  readonly #lock: Lock;
  readonly #report: Report;
  readonly #store: Store;
  readonly #copy: DatabaseCopy;
  readonly language: Language;
  /** Lets administrators in. */
  readonly reception: Reception;
  readonly #entries = new Shares(entryLimits);
  readonly #transactions: Transactions;
  readonly #users = new LoggedUsers();
  #door: Door | undefined;
  #isHandingOver = false;
  #ping: Ping | undefined;

  /** `isShared`: another process goes on with the database if this one fails. */
  private constructor(
    state: StateDirectory,
    lock: Lock,
    language: Language,
    report: Report,
    isShared = false,
  ) {
    this.state = state;
    this.#lock = lock;
    this.#report = report;
    this.language = language;
    this.secretKey = SecretKey.ofFile(state.secretKey);
    const { catalogue } = language;
    this.#store = openStore(state, catalogue, isShared);
    this.#copy = new DatabaseCopy(state, this.#store, (reason) =>
      this.journal.record(copyFailed({ reason })),
    );
    this.configuration = new StoredConfiguration(this.#store, catalogue, {
      committed: ({ revision, changes }, author) => {
        this.#copy.renew();
        const actor = { user: author.name, ui: author.origin };
        for (const event of configurationEvents(actor, revision, changes)) this.journal.record(event);
      },
      forgotten: (last, limit) => this.journal.record(revisionsForgotten({ last, limit })),
      happened: (event) => {
        this.journal.record(event);
        if (event.type === revisionReverted.type) this.#users.tell(describe(event).text);
      },
    });
    this.configuration.resume();
    this.#transactions = new Transactions(this.configuration, {
      ending: (transaction) => this.#tellOf(transaction, this.#ending(transaction)),
      expired: (transaction) => this.#tellOf(transaction, transactionExpired(idleOf(transaction))),
    });
    if (this.#store.hasLostHistory)
      this.journal.record(historyBegun({ revision: this.#store.stored.revision }));
    const early = settledEarlySecrets(catalogue, this.#store.stored, this.secretKey);
    if (!early.isEmpty && isShared) throw new Error(`${state.database}: ${othersCanNotGoOn}`);
    if (!early.isEmpty) this.configuration.commit(early, { name: 'levee', origin: 'update' });
    const { configuration, journal } = this;
    const codes = new OneTimeCodes(
      new UsedCodes(state.usedCodes, (reason) => journal.record(codesNotKept({ reason }))),
    );
    this.reception = new Reception({
      logins: new Logins(catalogue, configuration, journal, this.secretKey, codes, (author) =>
        modelOf(this.#services(author, null)),
      ),
      configuration,
      users: this.#users,
      journal,
      servicesOf: (author, administrator, from) => ({ ...this.#services(author, administrator), from }),
      newSession: (author, administrator, more) => {
        const session = this.#session(author, administrator, more);
        for (const transaction of this.#transactions.endingOf(administrator))
          session.inbox.put(describe(this.#ending(transaction)).text);
        return session;
      },
    });
  }

  /**
   * `description` tells others who holds the lock, `report` hears what nobody has asked for. Throws where the database
   * can't be opened.
   */
  static async open(state: StateDirectory, description: string, report: Report): Promise<Owner | Holder> {
    const lock = takeLock(state.lock, description);
    if (!isLock(lock)) return lock;
    try {
      return new Owner(state, lock, await loadLanguage(), report);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** As `open`, with the lock of the process that owned it before, by its descriptor. */
  static async inherit(
    state: StateDirectory,
    description: string,
    report: Report,
    descriptor: number,
  ): Promise<Owner> {
    const lock = adoptLock(state.lock, description, descriptor);
    return new Owner(state, lock, await loadLanguage(), report, true);
  }

  /** A session of Levee itself, which may do everything. */
  session(origin: string): Session {
    return this.#session({ name: 'levee', origin }, null);
  }

  /** A session of the administrator whose credentials these are. */
  login(origin: Origin, credentials: Credentials): Promise<Login> {
    return this.reception.login(origin, credentials);
  }

  #session(
    author: Author,
    administrator: RowId | null,
    more: Pick<SessionServices, 'ended' | 'ownPassword' | 'from'> = { from: fromHere },
  ): LocalSession {
    return new LocalSession({ ...this.#services(author, administrator), ...more });
  }

  #ending(transaction: Transaction): Event {
    const within = this.#transactions.remaining(transaction) ?? 0;
    return transactionEnding({ ...idleOf(transaction), within });
  }

  /** Records what becomes of a transaction, and says so to whoever has begun it. */
  #tellOf({ administrator }: Transaction, event: Event): void {
    this.journal.record(event);
    if (administrator !== null) this.#users.tellAccount(administrator, describe(event).text);
  }

  #services(author: Author, administrator: RowId | null): SessionServices {
    return {
      language: this.language,
      configuration: this.configuration,
      system: this.system,
      ping: async (...asked) => (await this.#loadPing())(...asked),
      kept: async () => this.system ?? (await import('./kept-state.ts')).keptState(this),
      author,
      from: fromHere,
      administrator,
      secretKey: this.secretKey,
      entries: this.#entries,
      transactions: this.#transactions,
      users: this.#users,
      doors: this.doors,
      // Lua is loaded with the first script that is checked.
      checkScript: async (text) => (await import('../scripting/script/check.ts')).findingsOf(text),
    };
  }

  /** One for all sessions, made when the first of them pings. */
  async #loadPing(): Promise<Ping> {
    const { createPing } = await import('../supervisor/echo/ping.ts');
    this.#ping ??= createPing();
    return this.#ping;
  }

  /** Lets other processes of this user in. Throws where the path of the socket is too long for the system. */
  async serve(): Promise<void> {
    const { socket } = this.state;
    if (Buffer.byteLength(socket) > longestSocketPath) {
      throw new Error(
        `${socket}: its path is longer than the ${longestSocketPath} bytes that a socket may have: choose another --state`,
      );
    }
    // A one-off command serves nobody, and need not load what does.
    const { openSocketDoor } = await import('../doors/socket/socket-door.ts');
    const { peerOfSocket } = await import('./logins/peer-of-socket.ts');
    const openSession: OpenSession = (origin, credentials) => this.login(origin, credentials);
    this.#door = await openSocketDoor(socket, openSession, peerOfSocket, (event) =>
      this.journal.record(event),
    );
  }

  /** What keeps the blocks of this installation. */
  get blocks(): StoredBlocks {
    return this.#store.blocks;
  }

  /** What this node has to know to share its configuration. */
  get sharing(): StoredSharing {
    return this.#store.sharing;
  }

  /** Makes a copy of the database that a process before this one still owes. */
  catchUp(): void {
    this.#copy.renewIfOld();
  }

  /** Nobody is let in any more, and all sessions end. */
  shutDoors(): void {
    this.#door?.close();
    this.#door = undefined;
  }

  /** Another process has the database, or is about to: nothing is written there. */
  get isHandingOver(): boolean {
    return this.#isHandingOver;
  }

  /** Transactions with changes, by their numbers: they would be lost with this process. */
  get uncommitted(): readonly number[] {
    return this.#transactions.all.filter(({ draft }) => !draft.isEmpty).map(({ id }) => id);
  }

  /** Why another process can't take over now what this one has; undefined: it can. */
  get standsAgainstSuccession(): string | undefined {
    const [open] = this.#transactions.all;
    if (open !== undefined)
      return `transaction ${open.id} of "${open.author.name}" is open, and would be lost: commit or abort it`;
    if (this.configuration.awaited !== undefined)
      return 'a commit waits for its confirmation: confirm it, or let it be taken back';
    return undefined;
  }

  /**
   * Lets another process take over: nobody is let in, and nothing is written from now on. Resolves with the lock, as a
   * descriptor; rejects with what stands against it by now: others have worked on while that process was loading.
   */
  async prepareSuccession(): Promise<number> {
    this.#isHandingOver = true;
    this.shutDoors();
    await this.#copy.close();
    const reason = this.standsAgainstSuccession;
    if (reason !== undefined) throw new Error(reason);
    return this.#lock.descriptor;
  }

  /** The opposite: no other process has taken over. */
  async endSuccession(): Promise<void> {
    this.#isHandingOver = false;
    this.#lock.describe();
    await this.serve();
  }

  /** Another process owns the state directory: nothing there is touched any more. */
  leave(): void {
    this.#transactions.close();
    this.configuration.leave();
    this.#store.close();
    this.#lock.leave();
  }

  /** @param patience milliseconds for destinations of logs to take events that are still to be sent */
  async close(patience?: number): Promise<void> {
    this.shutDoors();
    this.#transactions.close();
    await this.#copy.close();
    if (this.journal.isWaiting) {
      const { writeEvents } = await import('./logging/open-logs.ts');
      const { logging } = this.configuration.compiled;
      await writeEvents(this, logging, this.journal, this.#report, patience);
    }
    this.#store.close();
    this.#lock.release();
  }
}

function idleOf({ id, author, draft }: Transaction): {
  readonly user: string;
  readonly ui: string;
  readonly transaction: number;
  readonly changes: number;
} {
  return { user: author.name, ui: author.origin, transaction: id, changes: draft.size };
}

/** Throws with what is to be done where the database is missing, damaged or of another Levee. */
function openStore(state: StateDirectory, catalogue: Catalogue, isShared: boolean): Store {
  const { database, path } = state;
  const trace = traceOfLost(state);
  if (trace !== undefined) {
    const what = existsSync(database) ? 'is empty' : 'is missing';
    throw new Error(
      `${database} ${what}, but ${trace} is there: ${remedyFor(state)}; to begin anew, move ${path} away`,
    );
  }
  try {
    return fittingStore(database, catalogue, isShared);
  } catch (error) {
    if (error instanceof DamagedDatabase)
      throw new Error(`${error.message}: ${remedyFor(state)}`, { cause: error });
    throw error;
  }
}
