import {
  createSegment,
  LOCK,
  type MemberRows,
  OPEN,
  openOf,
  ROWS_PER_SEGMENT,
  type Row,
  RowViews,
  rowWords,
} from '../../enforcer/pool/rows.ts';
import { seize, unlock } from '../../memory/lock.ts';

/** The main thread's side of the shared memory of pools: which row belongs to which member or policy. */
export class MemberTable {
  readonly #workers: number;
  readonly #segments: SharedArrayBuffer[] = [];
  readonly #members = new Map<number, number>();
  readonly #policies = new Map<number, number>();
  #free: number[] = [];
  #used = 0;
  #previous: ReadonlySet<number> = new Set();

  constructor(workers: number) {
    this.#workers = workers;
  }

  /**
   * Gives every member and policy of the next snapshot its row; those that have one keep it. Workers must run the
   * snapshot of the last call by now: a row is released only when two snapshots have not named it and no connection
   * counts in it.
   *
   * @param members row ids of the configuration
   * @param policies likewise
   */
  assign(members: ReadonlySet<number>, policies: ReadonlySet<number>): void {
    const wanted = new Set([...members, ...policies]);
    this.#release(this.#members, wanted);
    this.#release(this.#policies, wanted);
    for (const id of members) if (!this.#members.has(id)) this.#members.set(id, this.#allocate());
    for (const id of policies) if (!this.#policies.has(id)) this.#policies.set(id, this.#allocate());
    this.#previous = wanted;
  }

  /** @param addresses of members that are known by a name, by row id */
  memberRows(addresses: ReadonlyMap<number, string>): MemberRows {
    const segments = this.#segments;
    const workers = this.#workers;
    const members = this.#members;
    const policies = this.#policies;
    return { segments, workers, members, policies, addresses };
  }

  /** Views that are valid until the next `assign`. */
  rows(): RowViews {
    return new RowViews(this.memberRows(new Map()));
  }

  /** The thread is gone, and the system has closed its connections. */
  workerEnded(worker: number): void {
    for (const segment of this.#segments) {
      const words = new Int32Array(segment);
      for (let row = 0; row < ROWS_PER_SEGMENT; row++) {
        const at = row * rowWords(this.#workers);
        Atomics.store(words, at + OPEN + worker - 1, 0);
        if (seize(words, at + LOCK, worker)) unlock(words, at + LOCK);
      }
    }
  }

  #release(rows: Map<number, number>, wanted: ReadonlySet<number>): void {
    for (const [id, number] of rows) {
      if (wanted.has(id) || this.#previous.has(id)) continue;
      const { words, at } = this.#rowOf(number);
      if (openOf({ words, at }, this.#workers) > 0) continue;
      words.fill(0, at, at + rowWords(this.#workers));
      rows.delete(id);
      this.#free.push(number);
    }
  }

  #allocate(): number {
    const number = this.#free.pop() ?? this.#used++;
    if (number === this.#segments.length * ROWS_PER_SEGMENT)
      this.#segments.push(createSegment(this.#workers));
    return number;
  }

  #rowOf(number: number): Row {
    const segment = this.#segments[Math.floor(number / ROWS_PER_SEGMENT)];
    if (segment === undefined) throw new RangeError(`there is no row ${number}`);
    return { words: new Int32Array(segment), at: (number % ROWS_PER_SEGMENT) * rowWords(this.#workers) };
  }
}
