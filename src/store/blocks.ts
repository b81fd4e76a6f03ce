import type { Database } from 'better-sqlite3';
import type { RowId } from '../../schemas/content.ts';

/** A block of one source under one policy. */
export type StoredBlock = {
  readonly policy: RowId;
  /** The masked address as text, and its prefix length. */
  readonly source: string;
  readonly prefix: number;
  /** Why it was begun, in a word. */
  readonly reason: string;
  /** Its wall-clock end, in milliseconds since 1970. */
  readonly until: number;
};

type BlockRow = { policy: number; source: string; prefix: number; reason: string; until: number };

/** The blocks that outlive a process. They are no part of the configuration: no revision tells of them. */
export class StoredBlocks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): StoredBlock[] {
    return this.#database
      .prepare<[], BlockRow>('SELECT policy, source, prefix, reason, until FROM block ORDER BY until')
      .all();
  }

  /**
   * Adds blocks or moves their ends, and removes others, in one transaction. One of a policy that is gone is left out.
   * Throws where SQLite can't write.
   */
  change(started: readonly StoredBlock[], ended: readonly StoredBlock[]): void {
    const database = this.#database;
    const insert = database.prepare(
      `INSERT INTO block (policy, source, prefix, reason, until)
       SELECT id, ?, ?, ?, ? FROM row WHERE id = ?
       ON CONFLICT DO UPDATE SET until = excluded.until, reason = excluded.reason`,
    );
    const remove = database.prepare('DELETE FROM block WHERE policy = ? AND source = ? AND prefix = ?');
    database
      .transaction(() => {
        for (const { policy, source, prefix } of ended) remove.run(policy, source, prefix);
        for (const { policy, source, prefix, reason, until } of started)
          insert.run(source, prefix, reason, until, policy);
      })
      .immediate();
  }
}
