import type { Database } from 'better-sqlite3';
import type { RowId } from '../../schemas/content.ts';
import { GroupedInsert } from './writing/grouped-insert.ts';

/** What nodes of a cluster had in common last, as this one keeps it. */
export type StoredStanding = {
  /** The revision here that says the same, or with which it was merged. */
  readonly revision: number;
  readonly head: string;
  readonly image: Uint8Array;
};

/** A row of this node, and what it is on all of them. */
export type SharedRowId = { readonly row: RowId; readonly id: string };

/** What a node has to know to share its configuration with others. It is no part of that: no revision tells of it. */
export class StoredSharing {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(): StoredStanding | undefined {
    return this.#database
      .prepare<[], StoredStanding>('SELECT revision, head, image FROM shared_configuration')
      .get();
  }

  set({ revision, head, image }: StoredStanding): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO shared_configuration VALUES (0, ?, ?, ?)')
      .run(revision, head, image);
  }

  clear(): void {
    this.#database.exec('DELETE FROM shared_configuration');
  }

  /** Also of rows that are gone and can come back; the others are forgotten. */
  ids(): readonly SharedRowId[] {
    this.#database.exec(
      'DELETE FROM shared_row WHERE row NOT IN (SELECT id FROM row) AND row NOT IN (SELECT row FROM change)',
    );
    return this.#database.prepare<[], SharedRowId>('SELECT row, id FROM shared_row').all();
  }

  /** What these rows have been, and what has been these ids, is forgotten. */
  setIds(ids: readonly SharedRowId[]): void {
    const insert = new GroupedInsert(this.#database, 'INSERT OR REPLACE INTO shared_row (row, id)', 2);
    this.#database.transaction(() => insert.run(ids.map(({ row, id }) => [row, id])))();
  }
}
