import type { RowId } from '../../schemas/content.ts';
import { SecretKey } from '../access/secret-key.ts';
import { type Language, loadLanguage } from '../cli/language/language.ts';
import { LocalSession } from '../cli/session/local-session.ts';
import type { Login } from '../cli/session/open-session.ts';
import { modelOf, type SessionServices } from '../cli/session/services.ts';
import type { Session } from '../cli/session/session.ts';
import type { Door } from '../doors/door.ts';
import { openSocketDoor } from '../doors/socket/socket-door.ts';
import { logout } from '../events/administration.ts';
import type { StoredBlocks } from '../store/blocks.ts';
import { type Author, Store } from '../store/store.ts';
import type { Credentials, Origin } from '../system/login.ts';
import type { System } from '../system/system.ts';
import { StoredConfiguration } from './configuration.ts';
import { configurationEvents } from './configuration-events.ts';
import { Journal } from './journal.ts';
import { type Holder, isLock, type Lock, takeLock } from './lock.ts';
import { Logins } from './logins.ts';
import type { StateDirectory } from './state-directory.ts';

/** Of `sun_path` in bytes, without its last NUL (unix(7)). */
const longestSocketPath = process.platform === 'darwin' ? 103 : 107;

/** The one process that owns a state directory: store, sessions and, once started, the enforcer. */
export class Owner {
  readonly state: StateDirectory;
  readonly configuration: StoredConfiguration;
  readonly journal = new Journal();
  /** Under which secrets are kept that can be had back. */
  readonly secretKey: SecretKey;
  system: System | undefined;
  readonly #lock: Lock;
  readonly #store: Store;
  readonly #language: Language;
  readonly #logins: Logins;
  #door: Door | undefined;

  private constructor(state: StateDirectory, lock: Lock, language: Language) {
    this.state = state;
    this.#lock = lock;
    this.#language = language;
    this.secretKey = SecretKey.ofFile(state.secretKey);
    this.#store = new Store(state.database, language.catalogue);
    const { catalogue } = language;
    this.configuration = new StoredConfiguration(this.#store, catalogue, ({ revision, changes }, author) => {
      const actor = { user: author.name, ui: author.origin };
      const isSecret = (path: string, field: string): boolean =>
        catalogue.tableOf(path).fields.get(field)?.meta.secret !== undefined;
      for (const event of configurationEvents(actor, revision, changes, isSecret)) this.journal.record(event);
    });
    this.#logins = new Logins(catalogue, this.configuration, this.journal, (author) =>
      modelOf(this.#services(author, null)),
    );
  }

  /** `description` tells others who holds the lock. Throws where the database can't be opened. */
  static async open(state: StateDirectory, description: string): Promise<Owner | Holder> {
    const lock = takeLock(state.lock, description);
    if (!isLock(lock)) return lock;
    try {
      return new Owner(state, lock, await loadLanguage());
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** A session of Levee itself, which may do everything. */
  session(origin: string): Session {
    return this.#session({ name: 'levee', origin }, null);
  }

  /** A session of the administrator whose credentials these are. */
  async login(origin: Origin, credentials: Credentials): Promise<Login> {
    const entered = await this.#logins.enter(origin, credentials);
    if ('kind' in entered) return entered;
    const { row, name, notice } = entered;
    const author = { name, origin: origin.name };
    // An account that is renamed while somebody works in it acts under its new name.
    const unwatch = this.configuration.onRevision(() => {
      author.name = this.configuration.view.row(row)?.key ?? author.name;
    });
    const ended = (reason: string | null): void => {
      unwatch();
      this.journal.record(logout({ user: author.name, ui: author.origin, reason }));
    };
    return { session: this.#session(author, row, ended), notice };
  }

  #session(author: Author, administrator: RowId | null, ended?: SessionServices['ended']): Session {
    const services = this.#services(author, administrator);
    return new LocalSession(ended === undefined ? services : { ...services, ended });
  }

  #services(author: Author, administrator: RowId | null): SessionServices {
    return {
      language: this.#language,
      configuration: this.configuration,
      system: this.system,
      author,
      administrator,
      secretKey: this.secretKey,
      // Lua is loaded with the first script that is checked.
      checkScript: async (text) => (await import('../scripting/script/check.ts')).checkScript(text),
    };
  }

  /** Lets other processes of this user in. Throws where the path of the socket is too long for the system. */
  async serve(): Promise<void> {
    const { socket } = this.state;
    if (Buffer.byteLength(socket) > longestSocketPath) {
      throw new Error(
        `${socket}: its path is longer than the ${longestSocketPath} bytes that a socket may have: choose another --state`,
      );
    }
    this.#door = await openSocketDoor(socket, (origin, credentials) => this.login(origin, credentials));
  }

  /** What keeps the blocks of this installation. */
  get blocks(): StoredBlocks {
    return this.#store.blocks;
  }

  async close(): Promise<void> {
    this.#door?.close();
    if (this.journal.isWaiting) {
      const { writeEvents } = await import('./open-logs.ts');
      await writeEvents(this, this.configuration.compiled.logging, this.journal);
    }
    this.#store.close();
    this.#lock.release();
  }
}
