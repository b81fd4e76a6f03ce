import type { Model } from '../../../model/model.ts';
import type { Transaction } from '../../../model/transactions/transaction.ts';
import type { Levels } from '../levels.ts';
import { modelOf, type SessionServices } from '../services.ts';
import type { SessionTransactions } from './session-transaction.ts';

/** What a session works with, which is another configuration while it works in a transaction. */
export class TransactionSeat {
  readonly #own: SessionServices;
  readonly #levels: Levels;
  services: SessionServices;
  /** The configuration as the session may change it now. */
  model: Model;
  current: Transaction | undefined;

  constructor(services: SessionServices, levels: Levels) {
    this.#own = services;
    this.#levels = levels;
    this.services = services;
    this.model = modelOf(services);
  }

  /** The session has ended: its transaction can be resumed by another. Asks nothing of the configuration, which may be gone. */
  leave(): void {
    if (this.current !== undefined) this.#own.transactions.attach(this.current, null);
  }

  /** From now on what is saved goes into this transaction; undefined: into the configuration. */
  enter(next: Transaction | undefined): void {
    const { transactions, configuration: committed, author, users } = this.#own;
    this.leave();
    const listed = users.all.find((user) => user.author === author);
    if (next !== undefined) transactions.attach(next, { author, listed });
    this.current = next;
    this.services =
      next === undefined ? this.#own : { ...this.#own, configuration: next.configuration, committed };
    this.model = modelOf(this.services);
    this.#levels.base = this.services.configuration.view;
  }

  get transactions(): SessionTransactions {
    const { transactions: all, administrator } = this.#own;
    return { all, administrator, current: this.current, enter: (next) => this.enter(next ?? undefined) };
  }

  /** How many rows have changes that are not committed. */
  get pending(): number {
    return this.#levels.pending + (this.current?.draft.size ?? 0);
  }

  /** What a prompt says first. */
  get state(): string[] {
    const { awaited } = this.#own.configuration;
    return [
      ...(awaited === undefined ? [] : [`revision ${awaited.revision} unconfirmed`]),
      ...(this.current === undefined ? [] : [`transaction ${this.current.id}`]),
    ];
  }
}
