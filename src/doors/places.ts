import type { Entrant } from '../cli/session/open-session.ts';

export type PlaceLimits = {
  /** Of one account. */
  readonly each: number;
  readonly all: number;
  /** Of `all`, only for whoever may do everything: others can't fill the house. */
  readonly kept: number;
};

/** The connections of those who have come in, by account. */
export class Places<Connection> {
  readonly #limits: PlaceLimits;
  readonly #taken = new Map<Connection, Entrant['account']>();

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#taken.size;
  }

  get taken(): Iterable<Connection> {
    return this.#taken.keys();
  }

  has(connection: Connection): boolean {
    return this.#taken.has(connection);
  }

  /** Gives a connection a place, or why there is none. */
  take(connection: Connection, { account, mayDoEverything }: Entrant): string | undefined {
    const { each, all, kept } = this.#limits;
    const own = this.#taken.values().reduce((sum, other) => sum + (other === account ? 1 : 0), 0);
    if (own >= each) return `there are ${own} connections of this account, which is the most`;
    const most = mayDoEverything ? all : all - kept;
    if (this.#taken.size >= most)
      return `there are ${this.#taken.size} connections, and no more than ${most} for this account`;
    this.#taken.set(connection, account);
    return undefined;
  }

  leave(connection: Connection): void {
    this.#taken.delete(connection);
  }
}
