import type { RowId } from '../../../schemas/content.ts';
import { type Account, endOfAccess } from '../../access/account.ts';
import { mayComeFrom } from '../../access/authentication.ts';
import { isNews, Lockout, type LockoutRules } from '../../access/lockout.ts';
import { mayDoEverything } from '../../access/permissions.ts';
import type { LocalSession } from '../../cli/session/local-session.ts';
import { ends } from '../../cli/session/messages.ts';
import type { Login, PageGuest, Program, Refused } from '../../cli/session/open-session.ts';
import type { SessionServices } from '../../cli/session/services.ts';
import type { Session } from '../../cli/session/session.ts';
import type { DoorKeeper, PageKeeper, ProgramKeeper } from '../../doors/door.ts';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { loginRefused, logout } from '../../events/administration.ts';
import { accountOf } from '../../model/account.ts';
import type { Author } from '../../store/author.ts';
import type { Configuration } from '../../system/configuration.ts';
import type { Credentials, LoginRefusal, Origin, Whence } from '../../system/login.ts';
import type { LoggedUsers } from '../../system/reports/logged-users.ts';
import type { Journal } from '../logging/journal.ts';
import type { Entered, Logins } from './logins.ts';
import { tokenHolder } from './token-holder.ts';
import { type Obstacle, WayIn } from './way-in.ts';

type NewSession = (
  author: Author,
  administrator: RowId,
  more: Pick<SessionServices, 'ended' | 'ownPassword' | 'from'>,
) => LocalSession;

type Services = {
  readonly logins: Logins;
  readonly configuration: Configuration;
  readonly users: LoggedUsers;
  readonly journal: Journal;
  readonly newSession: NewSession;
  /** What somebody's changes are made with. */
  readonly servicesOf: (author: Author, administrator: RowId, from: Whence) => SessionServices;
};

/** How wrong tokens are told of: the first, and then those at which their number has doubled within ten minutes. */
const tokenRules: LockoutRules = { threshold: 1, duration: 600_000 };

/** Gives sessions to those who may come in. */
export class Reception implements DoorKeeper, PageKeeper, ProgramKeeper {
  readonly #services: Services;
  /** Counts them, so that the log can tell of them. */
  readonly #wrongTokens = new Lockout();

  constructor(services: Services) {
    this.#services = services;
  }

  /** A session, which is all that they have: it is over when that is. */
  async login(origin: Origin, credentials: Credentials): Promise<Login> {
    const guest = await this.#enter(origin, credentials);
    if ('kind' in guest) return guest;
    const session = guest.open((reason) => guest.leave(reason));
    if ('refused' in session) {
      guest.leave(session.refused);
      return { kind: 'refused', reason: session.refused, plain: false };
    }
    return { session, account: guest.account, notice: guest.notice };
  }

  /** Somebody who may have sessions until they leave. */
  enter(origin: Origin, credentials: Credentials): Promise<PageGuest | LoginRefusal> {
    return this.#enter(origin, credentials);
  }

  knowsKey(origin: Origin, name: string, key: string): boolean {
    return this.#services.logins.knowsKey(origin, name, key);
  }

  enterByToken(origin: Origin, token: string): Program | undefined {
    const { configuration, logins, users, newSession, servicesOf } = this.#services;
    const known = tokenHolder(configuration.view, token);
    const isForeign = known !== undefined && !mayComeFrom(known.account, origin.address);
    if (known === undefined || known.isOver || isForeign) {
      const late = known?.isOver ? 'the token has expired' : 'there is no such token';
      this.#refuseToken(origin, known?.account, isForeign ? 'that host is not trusted' : late);
      return undefined;
    }
    const { row, account } = known;
    const author = { name: account.name, origin: origin.name };
    const from = { ...origin, key: null };
    return {
      account: row,
      mayDoEverything: mayDoEverything(account.permissions),
      services: servicesOf(author, row, from),
      open: () => {
        const tooMany = logins.begin(row);
        if (tooMany !== undefined) return { refused: tooMany };
        const ended = (): void => {
          leave();
          logins.over(row);
        };
        const session = newSession(author, row, { ended, from });
        const leave = users.add(author, row, origin, session);
        return session;
      },
    };
  }

  /** Nobody guesses a token: whoever shows a wrong one is not shut out, and does not fill the log. */
  #refuseToken(origin: Origin, account: Account | undefined, reason: string): void {
    const peer = { id: origin.peer, isLocal: false };
    const { failures } = this.#wrongTokens.begin(peer, account?.name ?? '', monotonicNow(), tokenRules);
    if (!isNews(failures, tokenRules)) return;
    const isMany = failures >= tokenRules.threshold;
    const user = account?.name ?? null;
    this.#services.journal.record(loginRefused({ user, ui: origin.name, reason, failures, isMany }));
  }

  async #enter(origin: Origin, credentials: Credentials): Promise<ReceivedGuest | LoginRefusal> {
    const entered = await this.#services.logins.enter(origin, credentials);
    if ('kind' in entered) return entered;
    const { row, account, notice } = entered;
    const way = new WayIn(origin, credentials.key, this.#services.configuration.view);
    return new ReceivedGuest(this.#services, origin, way, { row, account, notice });
  }
}

/** An author that follows the name of the account. */
type OwnName = { name: string; readonly origin: string };

/** Someone who was let in. What others make of their account ends what they may have. */
class ReceivedGuest implements PageGuest {
  readonly account: RowId;
  readonly notice: string | null;
  readonly #services: Services;
  readonly #origin: Origin;
  readonly #way: WayIn;
  /** As it was when they came, or as they have made it themselves. */
  #known: Account;
  /** Those that are open, each with whose name stands under what is done there. */
  readonly #sessions = new Map<Session, { readonly author: OwnName; readonly session: LocalSession }>();
  readonly #unwatch: () => void;
  #hasLeft = false;
  /** Those that they have put up themselves: what they have goes on. */
  #ownObstacles: ReadonlySet<Obstacle> = new Set();

  constructor(services: Services, origin: Origin, way: WayIn, { row, account, notice }: Entered) {
    this.#services = services;
    this.#origin = origin;
    this.#way = way;
    this.account = row;
    this.#known = account;
    this.notice = notice;
    this.#unwatch = services.configuration.onRevision((author) => this.#revised(author));
  }

  get name(): string {
    return this.#known.name;
  }

  get services(): SessionServices {
    const author = { name: this.name, origin: this.#origin.name };
    return this.#services.servicesOf(author, this.account, this.#way.whence);
  }

  get mayDoEverything(): boolean {
    return mayDoEverything((this.#now ?? this.#known).permissions);
  }

  open(ended: (reason: string | null) => void = () => undefined): LocalSession | Refused {
    const author = { name: this.name, origin: this.#origin.name };
    return this.#open(author, ended, (session) =>
      this.#services.users.add(author, this.account, this.#way.whence, session),
    );
  }

  beside(session: Session): Program {
    const { account, mayDoEverything, services } = this;
    const author = this.#sessions.get(session)?.author;
    const open = (): LocalSession | Refused =>
      author === undefined
        ? { refused: 'the session is over' }
        : this.#open(
            author,
            () => undefined,
            () => () => undefined,
          );
    return { account, mayDoEverything, services, open };
  }

  /** `listed`: tells others of it, and gives what takes it back. */
  #open(
    author: OwnName,
    ended: (reason: string | null) => void,
    listed: (session: LocalSession) => () => void,
  ): LocalSession | Refused {
    const { logins, newSession } = this.#services;
    const row = this.account;
    const end = this.#hasLeft ? 'deleted' : endOfAccess(this.#known, this.#now);
    const reason = end === undefined ? this.#shutOut('somebody') : ends[end](this.name, 'somebody');
    if (reason !== undefined) return { refused: reason };
    const tooMany = logins.begin(row);
    if (tooMany !== undefined) return { refused: tooMany };
    const over = (reason: string | null): void => {
      leave();
      this.#sessions.delete(session);
      logins.over(row);
      ended(reason);
    };
    const ownPassword = logins.ownPassword(row, author, this.#origin);
    const session = newSession(author, row, { ended: over, ownPassword, from: this.#way.whence });
    this.#sessions.set(session, { author, session });
    const leave = listed(session);
    return session;
  }

  leave(reason: string | null = null): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#unwatch();
    this.#services.journal.record(logout({ user: this.name, ui: this.#origin.name, reason }));
  }

  get #now(): Account | undefined {
    return accountOf(this.#services.configuration.view, this.account);
  }

  #revised(by: Author): void {
    const { view } = this.#services.configuration;
    const now = this.#now;
    if (now === undefined) return;
    const sessions = [...this.#sessions.values()];
    const isOwn = sessions.some(({ author }) => author === by);
    // An account that is renamed while somebody works in it acts under its new name.
    for (const { author } of sessions) author.name = now.name;
    this.#known = isOwn ? now : { ...this.#known, name: now.name };
    this.#way.follow(view);
    const obstacles = this.#way.obstacles(now, view);
    const [other] = isOwn ? [] : obstacles.difference(this.#ownObstacles);
    this.#ownObstacles = isOwn ? obstacles : this.#ownObstacles.intersection(obstacles);
    if (other !== undefined)
      for (const { session } of sessions) session.revoke(ends[other](now.name, by.name));
  }

  /** Why they could not come in as they did any more. */
  #shutOut(by: string): string | undefined {
    const now = this.#now;
    const [obstacle] = now === undefined ? [] : this.#way.obstacles(now, this.#services.configuration.view);
    return obstacle && ends[obstacle](this.name, by);
  }
}
