import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { DamagedDatabase } from './damage.ts';

/** What is the configuration, apart from what tells of its past. */
const sealed: Readonly<Record<string, readonly string[]>> = {
  row: ['id', 'path', 'parent', 'key', 'position', 'predefined', 'fields'],
  reference: ['row', 'field', 'position', 'target'],
};

const length = 16;

/**
 * A checksum of the configuration, kept for each revision: a byte that changes on the disk may leave a database that is
 * whole and says something else. It is no signature, since who can write the file can write the checksum.
 *
 * It is the exclusive or of a digest of each row, so that a commit costs what it changes and not what there is. Triggers
 * keep it: nothing that writes can forget it.
 */
export class Seal {
  readonly #database: Database;
  readonly #schema: Buffer;
  #sum: Buffer;

  /** `sum` is of what the database holds now, where that is known. */
  constructor(database: Database, sum: Buffer = sumOf(database)) {
    this.#database = database;
    this.#schema = digestOfSchema(database);
    this.#sum = sum;
    database.function('toggle', { varargs: true }, (...values: unknown[]) => {
      this.#sum = combined(this.#sum, digestOf(values));
      return 0;
    });
    for (const [table, columns] of Object.entries(sealed)) {
      const toggle = (row: 'OLD' | 'NEW'): string =>
        `SELECT toggle('${table}', ${columns.map((column) => `${row}.${column}`).join(', ')});`;
      database.exec(`
        CREATE TEMP TRIGGER ${table}_inserted AFTER INSERT ON main.${table} BEGIN ${toggle('NEW')} END;
        CREATE TEMP TRIGGER ${table}_deleted AFTER DELETE ON main.${table} BEGIN ${toggle('OLD')} END;
        CREATE TEMP TRIGGER ${table}_updated AFTER UPDATE ON main.${table}
          BEGIN ${toggle('OLD')} ${toggle('NEW')} END;
      `);
    }
  }

  /** Throws where the database does not hold what was sealed last. Returns what the constructor takes. */
  static check(database: Database): Buffer {
    const sum = sumOf(database);
    const revision = lastRevision(database);
    const last = lastSeal(database);
    if (last?.revision !== revision || !last.digest.equals(combined(sum, digestOfSchema(database)))) {
      throw new DamagedDatabase(
        `its bytes have changed: it does not hold revision ${revision} as that was committed`,
      );
    }
    return sum;
  }

  /** Of what the database holds now. After a transaction is undone it is to be set to what it was before. */
  get sum(): Buffer {
    return this.#sum;
  }

  set sum(sum: Buffer) {
    this.#sum = sum;
  }

  /** Seals what the database holds now as its last revision, inside the caller's transaction. */
  write(): void {
    const digest = combined(this.#sum, this.#schema);
    const revision = lastRevision(this.#database);
    const last = lastSeal(this.#database);
    if (last?.revision === revision && last.digest.equals(digest)) return;
    this.#database
      .prepare(
        'INSERT INTO seal (revision, digest) VALUES (?, ?) ON CONFLICT DO UPDATE SET digest = excluded.digest',
      )
      .run(revision, digest);
  }
}

function lastRevision(database: Database): number {
  return database.prepare<[], number>('SELECT ifnull(max(id), 0) FROM revision').pluck().get() ?? 0;
}

function lastSeal(database: Database): { readonly revision: number; readonly digest: Buffer } | undefined {
  return database
    .prepare<[], { revision: number; digest: Buffer }>(
      'SELECT revision, digest FROM seal ORDER BY revision DESC LIMIT 1',
    )
    .get();
}

function sumOf(database: Database): Buffer {
  const sum = Buffer.alloc(length);
  for (const [table, columns] of Object.entries(sealed)) {
    const rows = database.prepare<[], unknown[]>(`SELECT ${columns.join(', ')} FROM ${table}`).raw();
    for (const row of rows.iterate()) combine(sum, digestOf([table, ...row]));
  }
  return sum;
}

/** A definition that says something else would make other indexes and constraints of the same rows. */
function digestOfSchema(database: Database): Buffer {
  const rows = database
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name')
    .raw()
    .all();
  return digestOf(rows);
}

function digestOf(values: readonly unknown[]): Buffer {
  return hash('sha256', JSON.stringify(values), 'buffer').subarray(0, length);
}

function combined(one: Buffer, other: Buffer): Buffer {
  const both = Buffer.from(one);
  combine(both, other);
  return both;
}

function combine(sum: Buffer, digest: Buffer): void {
  for (let index = 0; index < length; index += 1) sum[index] = (sum[index] ?? 0) ^ (digest[index] ?? 0);
}
