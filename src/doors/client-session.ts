import type { Login, OpenSession } from '../cli/session/open-session.ts';
import type { Session } from '../cli/session/session.ts';
import type { Credentials, Origin } from '../system/login.ts';

/** The session of one client of a door, from its login until the client goes. */
export class ClientSession {
  readonly #openSession: OpenSession;
  #session: Session | undefined;
  #hasGone = false;

  constructor(openSession: OpenSession) {
    this.#openSession = openSession;
  }

  /** Undefined before the client has logged in. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** A login that is not refused ends the session before it. */
  async login(origin: Origin, credentials: Credentials): Promise<Login> {
    const login = await this.#openSession(origin, credentials);
    if ('kind' in login) return login;
    this.#session?.close();
    this.#session = login.session;
    // The client may have gone while its password was checked.
    if (this.#hasGone) login.session.close();
    return login;
  }

  /** The client has gone, whatever it waited for. */
  end(): void {
    this.#hasGone = true;
    this.#session?.close();
  }
}
