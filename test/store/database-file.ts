import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { temporaryFolder } from '../running/folder.ts';

export type Revision = {
  readonly id: number;
  readonly time: number;
  readonly author: string;
  readonly origin: string;
};

export type StoredChange = {
  readonly row: number;
  readonly path: string;
  readonly parent: number | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly moved: number;
  readonly fields: Readonly<Record<string, readonly [unknown, unknown]>>;
};

export type Counts = {
  readonly rows: number;
  readonly thresholds: string;
  readonly links: number;
  readonly revisions: number;
};

/** A database file of its own, and a second look at what is in it. */
export class DatabaseFile {
  readonly path: string;
  readonly #database: Database.Database;

  constructor(path: string) {
    this.path = path;
    this.#database = new Database(path);
    this.#database.pragma('journal_mode = TRUNCATE');
  }

  get version(): unknown {
    return this.#database.pragma('user_version', { simple: true });
  }

  /** Another number after someone else has written to the file. */
  get dataVersion(): unknown {
    return this.#database.pragma('data_version', { simple: true });
  }

  execute(sql: string): void {
    this.#database.exec(sql);
  }

  /** What breaks the integrity of the file or of its references; nothing should. */
  get faults(): unknown[] {
    const integrity = this.#database.pragma('integrity_check', { simple: true });
    const references = this.#database.prepare('PRAGMA foreign_key_check').all();
    return integrity === 'ok' ? references : [integrity, ...references];
  }

  revisions(): readonly Revision[] {
    return this.#database.prepare<[], Revision>('SELECT * FROM revision ORDER BY id').all();
  }

  /** Rows that have only made room for others are no changes. */
  changes(revision: number): readonly StoredChange[] {
    return this.#database
      .prepare<[number], Omit<StoredChange, 'fields'> & { fields: string }>(
        `SELECT row, path, parent, old_key AS before, new_key AS after, moved, fields FROM change
         WHERE revision = ? AND NOT (moved = 0 AND old_key IS new_key AND fields = '{}') ORDER BY path, row`,
      )
      .all(revision)
      .map((change) => ({ ...change, fields: JSON.parse(change.fields) }));
  }

  /** How many rows have a threshold, which one, how many a trigger policy, and the number of revisions. */
  counts(): Counts {
    const [row] = this.#database
      .prepare<[], Counts>(
        `SELECT count(*) AS rows, count(*) || ' of ' || group_concat(DISTINCT threshold) AS thresholds,
          (SELECT count(*) FROM reference WHERE field = 'trigger-policy') AS links, (SELECT count(*) FROM revision) AS revisions
        FROM (SELECT fields ->> '$.layer4-connection-threshold' AS threshold FROM row) WHERE threshold IS NOT NULL`,
      )
      .all();
    if (row === undefined) throw new Error('no counts');
    return row;
  }

  close(): void {
    this.#database.close();
  }
}

export function openDatabaseFile(context: TestContext): DatabaseFile {
  const file = new DatabaseFile(join(temporaryFolder(context), 'levee.db'));
  context.after(() => file.close());
  return file;
}
