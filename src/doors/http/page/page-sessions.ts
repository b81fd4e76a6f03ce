import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PageGuest } from '../../../cli/session/open-session.ts';
import type { Session } from '../../../cli/session/session.ts';
import type { Asked } from '../exchange.ts';
import { pageLimits } from './limits.ts';

/** Somebody who has logged in with a browser. */
export class PageSession {
  readonly guest: PageGuest;
  /** In which their batches run, one after the other; whoever ends it ends all of this. */
  readonly session: Session;
  /** From where they came. */
  readonly address: string | null;
  /** What a page of ours says with what it asks, and no page of others knows. */
  readonly token = randomBytes(32).toString('base64url');
  readonly began: number;
  /** Aborted when it is over. */
  readonly over: AbortSignal;
  /** When the person last did something. */
  active: number;
  waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    guest: PageGuest,
    session: Session,
    { now, address }: { readonly now: number; readonly address: string | null },
    over: AbortSignal,
  ) {
    this.guest = guest;
    this.session = session;
    this.address = address;
    this.began = now;
    this.active = now;
    this.over = over;
  }

  hasToken(given: string): boolean {
    const [own, other] = [Buffer.from(this.token), Buffer.from(given)];
    return own.length === other.length && timingSafeEqual(own, other);
  }

  /** Waits for what is under way. */
  async inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    this.waiting += 1;
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }
}

type Entry = { readonly page: PageSession; readonly end: (reason: string | null) => void };

/** Those who have logged in with a browser, each by a cookie of which only the hash is kept. */
export class PageSessions {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  readonly #idleMinutes: () => number;
  #look: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `now`: milliseconds of a clock that nobody sets. */
  constructor(now: () => number, idleMinutes: () => number) {
    this.#now = now;
    this.#idleMinutes = idleMinutes;
  }

  /** Gives the text of a cookie; or why they can have no session. */
  begin(
    guest: PageGuest,
    address: string | null,
  ): { readonly id: string; readonly page: PageSession } | { refused: string } {
    const over = new AbortController();
    const id = randomBytes(32).toString('base64url');
    const key = hashOf(id);
    const ended = (reason: string | null): void => {
      if (over.signal.aborted) return;
      this.#entries.delete(key);
      guest.leave(reason);
      over.abort();
    };
    // It may have been shut while a password was looked at.
    const session = this.#isClosed ? { refused: shut } : guest.open(ended);
    if ('refused' in session) {
      guest.leave(session.refused);
      return session;
    }
    const page = new PageSession(guest, session, { now: this.#now(), address }, over.signal);
    const end = (reason: string | null): void => {
      ended(reason);
      session.close();
    };
    this.#entries.set(key, { page, end });
    this.#look ??= setInterval(() => this.#endOld(), pageLimits.look).unref();
    return { id, page };
  }

  /** Undefined: there is no such session, or it is over. */
  find(id: string | undefined): PageSession | undefined {
    return this.#entry(id)?.page;
  }

  /** Whether somebody has come from there whose session is not over. */
  isAt(address: string): boolean {
    return [...this.#entries.values()].some((entry) => entry.page.address === address && !this.#isOld(entry));
  }

  end(id: string | undefined, reason: string | null = null): void {
    this.#entry(id)?.end(reason);
  }

  /** Something has been asked; `byPerson`: not by the page alone. */
  touch(page: PageSession, byPerson: boolean): void {
    if (byPerson) page.active = this.#now();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#look);
    for (const { end } of [...this.#entries.values()]) end(shut);
  }

  #entry(id: string | undefined): Entry | undefined {
    const entry = id === undefined ? undefined : this.#entries.get(hashOf(id));
    if (entry === undefined || !this.#isOld(entry)) return entry;
    entry.end(tooOld);
    return undefined;
  }

  #endOld(): void {
    for (const entry of [...this.#entries.values()]) if (this.#isOld(entry)) entry.end(tooOld);
    if (this.#entries.size > 0) return;
    clearInterval(this.#look);
    this.#look = undefined;
  }

  #isOld({ page }: Entry): boolean {
    const now = this.#now();
    const idle = Math.min(pageLimits.idle, this.#idleMinutes() * 60_000);
    return now - page.active > idle || now - page.began > pageLimits.whole;
  }
}

const shut = 'the door is shut';
const tooOld = 'nothing was done for long, or the session has lasted as long as one may';

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64');
}

/** How the cookie of a door is called: those of one host go to all of its ports. */
export function cookieName(port: number, isSecure: boolean): string {
  return isSecure ? `__Host-levee-${port}` : `levee-${port}`;
}

/** What a browser is to keep; '': nothing any more. */
export function cookieText(name: string, id: string, isSecure: boolean): string {
  const parts = [`${name}=${id}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  return [...parts, ...(isSecure ? ['Secure'] : []), ...(id === '' ? ['Max-Age=0'] : [])].join('; ');
}

/** The id that a browser has kept; undefined: none, or more than one of that name. */
export function idIn({ headers }: Pick<Asked, 'headers'>, name: string): string | undefined {
  const own = (headers.cookie ?? '')
    .split(/; */)
    .filter((each) => each.startsWith(`${name}=`))
    .map((each) => each.slice(name.length + 1));
  const [id = ''] = own;
  return own.length === 1 && /^[\w-]{43}$/.test(id) ? id : undefined;
}
