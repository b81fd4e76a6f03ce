import type { RowId } from '../../../schemas/content.ts';
import type { Author } from '../../store/author.ts';
import type { Inbox } from '../inbox.ts';
import type { Whence } from '../login.ts';

/** A session, as others can reach it. */
export type Reachable = {
  /** Ends it; whoever works in it is told why. */
  revoke(reason: string): void;
  /** What is said there with the next command. */
  readonly inbox: Inbox;
};

export type LoggedUser = {
  readonly id: number;
  /** Its name follows the account. */
  readonly author: Author;
  /** Of `system admin`. */
  readonly account: RowId;
  readonly from: Pick<Whence, 'door' | 'address'>;
  /** Milliseconds since 1970. */
  readonly since: number;
};

/** The administrators who have a session now. */
export class LoggedUsers {
  readonly #sessions = new Map<number, LoggedUser & { readonly session: Reachable }>();
  #last = 0;

  /** The returned function is to be called when the session is over. */
  add(author: Author, account: RowId, { door, address }: LoggedUser['from'], session: Reachable): () => void {
    this.#last += 1;
    const id = this.#last;
    const from = { door, address };
    this.#sessions.set(id, { id, author, account, from, since: Date.now(), session });
    return () => this.#sessions.delete(id);
  }

  get all(): readonly LoggedUser[] {
    return [...this.#sessions.values()];
  }

  /** Undefined: there is no such session. */
  end(id: number, reason: string): LoggedUser | undefined {
    const found = this.#sessions.get(id);
    found?.session.revoke(reason);
    return found;
  }

  /** Says something in every session but that of `by`, where it is somebody's. Gives in how many. */
  tell(text: string, by?: Author): number {
    return this.#tell(text, ({ author }) => author !== by);
  }

  /** Says something in the sessions of one account. Gives in how many. */
  tellAccount(account: RowId, text: string): number {
    return this.#tell(text, (user) => user.account === account);
  }

  #tell(text: string, isMeant: (user: LoggedUser) => boolean): number {
    const meant = [...this.#sessions.values()].filter(isMeant);
    for (const { session } of meant) session.inbox.put(text);
    return meant.length;
  }
}
