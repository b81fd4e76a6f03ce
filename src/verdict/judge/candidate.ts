import { type Limit, marksOf } from './limit.ts';

/** A connection that is to be judged. */
export type Candidate = {
  readonly limit: Limit;
  /** Four words in network order. */
  readonly address: Uint32Array;
  /** Where it is entered if it is admitted; -1 when the ledger is full. */
  readonly connection: number;
  /** As the probe of all workers knows it. */
  readonly socket: number;
  /** Milliseconds on the clock of the gate. */
  readonly now: number;
  /** What the IP list says of the address. */
  readonly marks: number;
};

/** The candidates of one gate, one after another: one object for all, so that a verdict allocates nothing. */
export class Candidates {
  #one: { -readonly [field in keyof Candidate]: Candidate[field] } | null = null;

  /** Valid until the next call. */
  next(limit: Limit, address: Uint32Array, connection: number, socket: number, now: number): Candidate {
    this.#one ??= { limit, address, connection, socket, now, marks: 0 };
    const one = this.#one;
    one.limit = limit;
    one.address = address;
    one.connection = connection;
    one.socket = socket;
    one.now = now;
    one.marks = marksOf(limit, address);
    return one;
  }
}
