import { join } from 'node:path';
import Database from 'better-sqlite3';

type Content = {
  readonly statements: readonly string[];
  readonly tables: readonly { readonly name: string; readonly rows: readonly (readonly unknown[])[] }[];
};

/** Everything that a database holds. */
function readDatabase(file: string): Content {
  const database = new Database(file, { readonly: true });
  const schema = database
    .prepare<[], { type: string; name: string; sql: string }>(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  const tables = schema
    .filter(({ type }) => type === 'table')
    .map(({ name }) => ({
      name,
      rows: database.prepare<[], unknown[]>(`SELECT * FROM ${name}`).raw().all(),
    }));
  database.close();
  return { statements: schema.map(({ sql }) => sql), tables };
}

/**
 * What SQLite itself takes for what Levee has stored: the rows of its database, tables and indexes alike, into a new
 * one from memory, in one transaction, as durable as Levee's. In milliseconds, from opening the file to closing it.
 */
export function sqliteFloor(source: string, directory: string): number {
  const { statements, tables } = readDatabase(source);
  const started = performance.now();
  const database = new Database(join(directory, 'floor.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  for (const statement of statements) database.exec(statement);
  database.transaction(() => {
    for (const { name, rows } of tables) {
      const places = rows[0]?.map(() => '?').join(', ');
      if (places === undefined) continue;
      const insert = database.prepare(`INSERT INTO ${name} VALUES (${places})`);
      for (const row of rows) insert.run(...row);
    }
  })();
  database.close();
  return performance.now() - started;
}
