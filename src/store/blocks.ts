import type { Database } from 'better-sqlite3';
import type { RowId } from '../../schemas/content.ts';

/** Who is blocked: one source, under one policy. */
export type BlockedSource = {
  readonly policy: RowId;
  /** The masked address as text, and its prefix length. */
  readonly source: string;
  readonly prefix: number;
};

/** A block. Its times are of the wall clock, in milliseconds since 1970. */
export type StoredBlock = BlockedSource & {
  /** Why it was begun, in a word. */
  readonly reason: string;
  /** When it was stored; 0: nobody knows. */
  readonly since: number;
  readonly until: number;
};

type BlockRow = {
  policy: number;
  source: string;
  prefix: number;
  reason: string;
  since: number;
  until: number;
};

/**
 * The blocks that outlive a process. They are no part of the configuration: no revision tells of them. There may be as
 * many as sources, so nothing here is about all of them. Everything throws where SQLite can't do it.
 */
export class StoredBlocks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * At most so many of those whose policies exist, the last to end first: those that follow the last of the page before;
   * null: from the beginning.
   */
  page(before: StoredBlock | null, most: number): readonly StoredBlock[] {
    const { policy, source, prefix, until } = before ?? beforeAll;
    return this.#database
      .prepare<[number, number, string, number, number], BlockRow>(
        `SELECT policy, source, prefix, reason, since, until FROM block
         WHERE (until, policy, source, prefix) < (?, ?, ?, ?) AND EXISTS (SELECT 1 FROM row WHERE id = policy)
         ORDER BY until DESC, policy DESC, source DESC, prefix DESC LIMIT ?`,
      )
      .all(until, policy, source, prefix, most);
  }

  /** Adds blocks or moves their ends, in one transaction. One of a policy that is gone is left out. */
  save(blocks: readonly StoredBlock[]): void {
    const insert = this.#database.prepare(
      `INSERT INTO block (policy, source, prefix, reason, since, until)
       SELECT id, ?, ?, ?, ?, ? FROM row WHERE id = ?
       ON CONFLICT DO UPDATE SET until = excluded.until, since = excluded.since, reason = excluded.reason`,
    );
    this.#database
      .transaction(() => {
        for (const { policy, source, prefix, reason, since, until } of blocks)
          insert.run(source, prefix, reason, since, until, policy);
      })
      .immediate();
  }

  /** In one transaction. */
  remove(sources: readonly BlockedSource[]): void {
    const remove = this.#database.prepare('DELETE FROM block WHERE policy = ? AND source = ? AND prefix = ?');
    this.#database
      .transaction(() => {
        for (const { policy, source, prefix } of sources) remove.run(policy, source, prefix);
      })
      .immediate();
  }

  /** Removes at most so many of those that have ended by then. Returns how many it has removed. */
  removeEnded(by: number, most: number): number {
    return this.#database
      .prepare(
        `DELETE FROM block WHERE (policy, source, prefix) IN
         (SELECT policy, source, prefix FROM block WHERE until <= ? ORDER BY until LIMIT ?)`,
      )
      .run(by, most).changes;
  }
}

const beforeAll = { policy: 0, source: '', prefix: 0, until: Number.MAX_SAFE_INTEGER };
