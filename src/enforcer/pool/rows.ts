import type { Words } from '../../memory/words.ts';

/**
 * Rows of shared memory, one for each member and policy, which the main thread assigns. They lie in segments, each a
 * buffer of its own, so that there are as many as the configuration needs and none ever moves.
 */
export const ROWS_PER_SEGMENT = 256;
const CACHE_LINE_WORDS = 16;

// A row of a member.
/** Held while a connection is reserved on a member that has a limit, or is warming up. */
export const LOCK = 0;
/** 1 while its health checks say that it is down. Only the main thread writes it. */
export const DOWN = 1;
/** The second in which it came up again, or 0. Only the main thread writes it. */
export const RECOVERED_AT = 2;
/** While it warms up: the second in which connections were last taken, and how many. Under the lock. */
export const WARM_SECOND = 3;
export const WARM_TAKEN = 4;
/** Connections of all workers that could not be opened, since the last one that could. */
export const FAILURES = 5;
/** 1 once a worker has opened a connection to it. */
export const REACHED = 6;
/** From here a word for each worker: connections that it has open to the member. Only that worker writes it. */
export const OPEN = CACHE_LINE_WORDS;

// A row of a policy. Its first word stays 0: recovery after a worker treats it as a lock in every row.
/** Clients that were reset because no member was available, modulo 2^32. */
export const LOST = 1;
/** Why, since the main thread read it last: bits of causes.ts. */
export const CAUSES = 2;
/** 1 from the first such client until a member takes a connection again. */
export const WITHOUT_MEMBER = 3;

/** Where a row is. */
export type Row = { readonly words: Words; readonly at: number };

export function rowWords(workers: number): number {
  return CACHE_LINE_WORDS * (1 + Math.ceil(workers / CACHE_LINE_WORDS));
}

export function createSegment(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(ROWS_PER_SEGMENT * rowWords(workers) * Int32Array.BYTES_PER_ELEMENT);
}

/** Connections that all workers have open to a member. */
export function openOf({ words, at }: Row, workers: number): number {
  let open = 0;
  for (let worker = 0; worker < workers; worker++) open += Atomics.load(words, at + OPEN + worker);
  return open;
}

/** Where a worker finds the rows of its members and policies; row numbers and addresses by row id of the configuration. */
export type MemberRows = {
  readonly segments: readonly SharedArrayBuffer[];
  readonly workers: number;
  readonly members: ReadonlyMap<number, number>;
  readonly policies: ReadonlyMap<number, number>;
  /** Of members that are known by a name; '' for one that has none now. */
  readonly addresses: ReadonlyMap<number, string>;
};

/** Views of those rows. Throws RangeError for an id that has none. */
export class RowViews {
  readonly workers: number;
  readonly #rows: MemberRows;
  readonly #views: readonly Words[];

  constructor(rows: MemberRows) {
    this.#rows = rows;
    this.workers = rows.workers;
    this.#views = rows.segments.map((segment) => new Int32Array(segment));
  }

  member(id: number): Row {
    return this.#row(this.#rows.members.get(id));
  }

  policy(id: number): Row {
    return this.#row(this.#rows.policies.get(id));
  }

  /** The address of a member that is known by a name, or ''. */
  address(member: number): string {
    return this.#rows.addresses.get(member) ?? '';
  }

  #row(number = -1): Row {
    const words = this.#views[Math.floor(number / ROWS_PER_SEGMENT)];
    if (words === undefined) throw new RangeError(`there is no row ${number}`);
    return { words, at: (number % ROWS_PER_SEGMENT) * rowWords(this.workers) };
  }
}
