import type { TrafficCause } from '../../verdict/judge/records.ts';

/** A connection as far as bytes wait in it. */
export interface WaitingConnection {
  /** Bytes that wait in it, as `WaitingBytes` was told last, which alone writes it. */
  waiting: number;
  readonly facts: { readonly ledgerEntry: number };
  /** Resets both sides. */
  reset(cause?: TrafficCause): void;
}

export type WaitingHost = {
  /** All connections that bytes may wait in. */
  readonly each: (visit: (connection: WaitingConnection) => void) => void;
  /** Names the client of an entry: what one has is counted together. */
  readonly networkOf: (ledgerEntry: number) => string;
  /** So many bytes wait in the worker. */
  readonly gauge: (bytes: number) => void;
  /** From now on `isScarce`: who reads for a member that is yet to come is to stop. */
  readonly becameScarce: () => void;
  /** So many connections were reset, since more would have waited than may. */
  readonly reset: (connections: number) => void;
};

/** Of the limit: from here on nobody reads for a member that is yet to come, until it is plenty again. */
const scarce = 1 / 2;
const plenty = 3 / 8;
/** Of the limit: as far as it goes back when it was reached, so that this need not be done for each chunk. */
const relieved = 7 / 8;

/**
 * The bytes that wait in a worker, in memory of Levee: for members to come, for peers that read slowly, for the turn of
 * scripts. Each connection has its own bound; this is the bound for all of them. Where it comes near, clients are not
 * read until their members are there. Where it is reached nevertheless, the client that has most of it loses
 * its connections, the biggest first, until there is room: all others go on.
 */
export class WaitingBytes {
  readonly #host: WaitingHost;
  #limit = Number.POSITIVE_INFINITY;
  #total = 0;
  #isScarce = false;

  constructor(host: WaitingHost) {
    this.#host = host;
  }

  /** Bytes. A lower one takes effect at once. */
  change(limit: number): void {
    this.#limit = limit;
    this.#changed();
  }

  get isScarce(): boolean {
    return this.#isScarce;
  }

  /** So many bytes wait in a connection now. May reset it, and others. */
  tell(connection: WaitingConnection, bytes: number): void {
    const before = connection.waiting;
    if (bytes === before) return;
    this.#total += bytes - before;
    connection.waiting = bytes;
    this.#changed();
  }

  #changed(): void {
    this.#relieve();
    if (this.#isScarce) {
      this.#isScarce = this.#total >= this.#limit * plenty;
    } else if (this.#total >= this.#limit * scarce) {
      this.#isScarce = true;
      this.#host.becameScarce();
    }
    this.#host.gauge(this.#total);
  }

  #relieve(): void {
    if (this.#total <= this.#limit) return;
    const goal = this.#limit * relieved;
    let count = 0;
    for (const connection of this.#worstFirst()) {
      if (this.#total <= goal) break;
      this.#total -= connection.waiting;
      connection.waiting = 0;
      connection.reset('no-memory');
      count += 1;
    }
    this.#host.reset(count);
  }

  /** By source, the biggest before; within a source likewise. */
  *#worstFirst(): Generator<WaitingConnection> {
    const holders: WaitingConnection[] = [];
    this.#host.each((connection) => {
      if (connection.waiting > 0) holders.push(connection);
    });
    const bySource = Map.groupBy(holders, ({ facts }) => this.#host.networkOf(facts.ledgerEntry));
    const groups = [...bySource.values()].map((connections) => ({ connections, bytes: sumOf(connections) }));
    groups.sort((one, other) => other.bytes - one.bytes);
    for (const { connections } of groups)
      yield* connections.sort((one, other) => other.waiting - one.waiting);
  }
}

function sumOf(connections: readonly WaitingConnection[]): number {
  return connections.reduce((sum, { waiting }) => sum + waiting, 0);
}
