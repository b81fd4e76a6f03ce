import type { Database } from 'better-sqlite3';
import type { RowId } from '../../schemas/content.ts';

/** A revision that comes back by itself unless its author confirms it in time. */
export type Confirmation = {
  readonly revision: number;
  /** Who may confirm it: a row of `system admin`, or Levee itself (null). */
  readonly administrator: RowId | null;
  readonly author: string;
  readonly origin: string;
  /** By the wall clock, in milliseconds since 1970. */
  readonly deadline: number;
  /** It comes back at once when it shuts out more sources than this; null: it does not. */
  readonly guard: number | null;
};

/** The one revision that waits for its confirmation, if any: it does so over restarts. */
export class StoredConfirmation {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(): Confirmation | undefined {
    return this.#database
      .prepare<[], Confirmation>(
        'SELECT revision, administrator, author, origin, deadline, guard FROM confirmation',
      )
      .get();
  }

  set({ revision, administrator, author, origin, deadline, guard }: Confirmation): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO confirmation VALUES (0, ?, ?, ?, ?, ?, ?)')
      .run(revision, administrator, author, origin, deadline, guard);
  }

  clear(): void {
    this.#database.prepare('DELETE FROM confirmation').run();
  }
}
