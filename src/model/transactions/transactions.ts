import type { RowId } from '../../../schemas/content.ts';
import type { Author } from '../../store/author.ts';
import type { Draft } from '../../store/draft.ts';
import type { Configuration, Hold } from '../../system/configuration.ts';
import { Transaction, type WorkingSession } from './transaction.ts';

/** The most that are open at once: each may hold as many entries as one session. */
const most = 32;

/** Milliseconds for which nobody may work in one: a day. */
const longestIdle = 86_400_000;

/** Milliseconds for which an exclusive one keeps others waiting in which nobody works: time enough to come back. */
const exclusiveIdle = 600_000;

/** Milliseconds before its end at which those who can save it are warned: an hour. */
const warnedBefore = 3_600_000;

/** Hears what becomes of transactions in which nobody works. */
export type IdleWatcher = {
  /** It ends within an hour. */
  ending(transaction: Transaction): void;
  /** It has ended. */
  expired(transaction: Transaction): void;
};

const nobody: IdleWatcher = { ending: () => undefined, expired: () => undefined };

/** Milliseconds between two looks for those that nobody works in. */
const lookInterval = 60_000;

function exclusiveIn({ id, session, holder, whence }: Transaction): string {
  const where = session === null ? '; nobody works in it: 10 minutes at most' : ` in ${holder}, ${whence}`;
  return `transaction ${id}, which is exclusive, is open${where}`;
}

/** Says where it is worked in when that is asked. */
class ExclusiveHold implements Hold {
  readonly #transaction: Transaction;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  get draft(): Draft {
    return this.#transaction.draft;
  }

  get by(): string {
    return this.#transaction.holder;
  }

  get reason(): string {
    return exclusiveIn(this.#transaction);
  }
}

/** The transactions of all administrators of one Levee. They do not outlive its process. */
export class Transactions {
  readonly #configuration: Configuration;
  readonly #watcher: IdleWatcher;
  readonly #now: () => number;
  readonly #open = new Map<number, Transaction>();
  readonly #releases = new Map<Transaction, () => void>();
  /** Of the exclusive one, if there is one: others may commit again. */
  #share: () => void = () => undefined;
  /** Of which has been said that they end soon. */
  readonly #warned = new Set<Transaction>();
  readonly #timer: NodeJS.Timeout;
  #last = 0;

  constructor(configuration: Configuration, watcher = nobody, now: () => number = () => performance.now()) {
    this.#configuration = configuration;
    this.#watcher = watcher;
    this.#now = now;
    this.#timer = setInterval(() => this.expire(), lookInterval).unref();
  }

  get all(): readonly Transaction[] {
    return [...this.#open.values()];
  }

  get(id: number): Transaction | undefined {
    return this.#open.get(id);
  }

  /** Begins one, in which nobody works yet. Gives why not, for a person. */
  begin(
    administrator: RowId | null,
    author: Author,
    isExclusive: boolean,
  ): Transaction | { readonly refused: string; readonly expected: string } {
    if (this.#open.size >= most) {
      const refused = `${most} transactions are open, which is the most`;
      return { refused, expected: 'to wait until one has ended' };
    }
    const other = this.all.find((each) => each.isExclusive);
    if (isExclusive && other !== undefined)
      return { refused: `${other.holder} works alone`, expected: `to wait: ${exclusiveIn(other)}` };
    this.#last += 1;
    const now = { wall: Date.now(), monotonic: this.#now() };
    const begun = new Transaction(this.#last, administrator, author, isExclusive, this.#configuration, now);
    this.#open.set(begun.id, begun);
    this.#releases.set(
      begun,
      this.#configuration.keep(() => begun.draft.since),
    );
    if (isExclusive) this.#share = this.#configuration.hold(new ExclusiveHold(begun));
    return begun;
  }

  /** A session works in it, or (null) has gone. */
  attach(transaction: Transaction, session: WorkingSession | null): void {
    transaction.session = session;
    transaction.used = this.#now();
    this.#warned.delete(transaction);
  }

  /** Milliseconds until it ends unless somebody works in it; undefined: somebody does. */
  remaining({ session, used }: Transaction): number | undefined {
    return session !== null ? undefined : Math.max(0, used + longestIdle - this.#now());
  }

  /** It is committed, or given up. */
  end(transaction: Transaction): void {
    this.#endExclusive(transaction);
    this.#open.delete(transaction.id);
    this.#releases.get(transaction)?.();
    this.#releases.delete(transaction);
    this.#warned.delete(transaction);
  }

  /** Those of an administrator of which has been said that they end soon. */
  endingOf(administrator: RowId): readonly Transaction[] {
    return [...this.#warned].filter((each) => each.administrator === administrator);
  }

  #endExclusive(transaction: Transaction): void {
    if (!transaction.isExclusive) return;
    transaction.isExclusive = false;
    this.#share();
  }

  /** Ends those that nobody has worked in for a day, and warns before it does. Nobody is kept waiting that long. */
  expire(): void {
    for (const transaction of this.all) {
      const remaining = this.remaining(transaction);
      if (remaining === undefined) continue;
      if (remaining <= longestIdle - exclusiveIdle) this.#endExclusive(transaction);
      if (remaining > warnedBefore) continue;
      if (remaining === 0) {
        this.end(transaction);
        this.#watcher.expired(transaction);
      } else if (!this.#warned.has(transaction)) {
        this.#warned.add(transaction);
        this.#watcher.ending(transaction);
      }
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
