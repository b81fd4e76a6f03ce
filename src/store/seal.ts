import { hash } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';
import { once } from '../../schemas/once.ts';
import { DamagedDatabase } from './damage.ts';

/** Rows that are read, and digested, at once: 64. SQLite makes their text, so that a row of 20,000 costs a microsecond. */
const partBits = 6;

/** Of a digest: 16 bytes. */
const hexLength = 32;

/** What is the configuration, apart from what tells of its past, as JSON: of the rows whose ids `where` takes. */
function contentOf(where: (id: string) => string): string {
  const ofRows = `SELECT json_group_array(json_array(id, path, parent, key, position, predefined, fields))
    FROM (SELECT * FROM main.row WHERE ${where('id')} ORDER BY id)`;
  const ofReferences = `SELECT json_group_array(json_array(row, field, position, target))
    FROM (SELECT * FROM main.reference WHERE ${where('row')} ORDER BY row, field, position)`;
  // As bytes: texts that are no UTF-8 any more must not look alike.
  return `CAST((${ofRows}) || char(10) || (${ofReferences}) AS BLOB)`;
}

function within(part: string): (id: string) => string {
  return (id) => `${id} BETWEEN ${part} << ${partBits} AND ((${part} + 1) << ${partBits}) - 1`;
}

/** The digest of each part, by its number: of rows and of their references. */
export type Parts = ReadonlyMap<number, string>;

type Part = { readonly part: number };

type Touched = Part & { readonly content: Buffer };

/**
 * A checksum of the configuration, kept for each revision: a byte that changes on the disk may leave a database that is
 * whole and says something else. It is no signature, since who can write the file can write the checksum.
 *
 * It is made of digests of parts, so that a commit costs what it changes and not what there is. Triggers note which
 * parts are written, with what stood there before: nothing that writes can forget it, nor seal what has changed on the
 * disk meanwhile.
 */
export class Seal {
  readonly #schema: string;
  readonly #lastRevision;
  readonly #lastSeal;
  readonly #insert;
  readonly #touched: Statement<[], Touched>;
  readonly #forget: Statement<[]>;
  readonly #content: Statement<[Part], Buffer>;
  #parts: Parts;

  /** `parts` are of what the database holds now, where that is known. */
  constructor(database: Database, parts: Parts = partsOf(database)) {
    this.#schema = digestOfSchema(database);
    this.#lastRevision = lastRevisionIn(database);
    this.#lastSeal = lastSealIn(database);
    this.#insert = once(() =>
      database.prepare(
        'INSERT INTO seal (revision, digest) VALUES (?, ?) ON CONFLICT DO UPDATE SET digest = excluded.digest',
      ),
    );
    this.#parts = parts;
    watch(database);
    this.#touched = database.prepare('SELECT part, content FROM temp.touched');
    this.#forget = database.prepare('DELETE FROM temp.touched');
    this.#content = statementOf(database);
  }

  /** Throws where the database does not hold what was sealed last. Returns what the constructor takes. */
  static check(database: Database): Parts {
    const parts = partsOf(database);
    const revision = lastRevisionIn(database).get() ?? 0;
    const last = lastSealIn(database).get();
    if (last?.revision !== revision || !last.digest.equals(digestOf(parts, digestOfSchema(database))))
      throw changed(revision);
    return parts;
  }

  /** Of what the database holds now. After a transaction is undone it is to be set to what it was before. */
  get parts(): Parts {
    return this.#parts;
  }

  set parts(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Seals what the database holds now as its last revision, inside the caller's transaction. Throws where something else
   * than this has changed what the caller has written over.
   */
  write(): void {
    const revision = this.#lastRevision.get() ?? 0;
    const parts = new Map(this.#parts);
    for (const { part, content } of this.#touched.all()) {
      const sealed = parts.get(part) ?? digest(emptyContent);
      if (digest(content) !== sealed) throw changed(this.#lastSeal.get()?.revision ?? 0);
      const now = this.#content.get({ part });
      if (now === undefined || now.equals(emptyContent)) parts.delete(part);
      else parts.set(part, digest(now));
    }
    this.#forget.run();
    this.#parts = parts;
    const whole = digestOf(parts, this.#schema);
    const last = this.#lastSeal.get();
    if (last?.revision === revision && last.digest.equals(whole)) return;
    this.#insert().run(revision, whole);
  }
}

const emptyContent = Buffer.from('[]\n[]');

/** Before the first write to a part its content is put aside. */
function watch(database: Database): void {
  database.exec('CREATE TEMP TABLE touched (part INTEGER PRIMARY KEY, content BLOB NOT NULL)');
  const trigger = (name: string, when: string, table: string, id: string, but: string): string => {
    const part = `(${id} >> ${partBits})`;
    const where = within(part);
    return `CREATE TEMP TRIGGER ${table}_${name} ${when} ON main.${table}
      WHEN NOT EXISTS (SELECT 1 FROM touched WHERE part = ${part})
      BEGIN INSERT INTO touched SELECT ${part}, ${contentOf((of) => `${where(of)}${of === 'id' ? but : ''}`)}; END;`;
  };
  database.exec(
    [
      // The id of a row that is inserted is not known before it is there.
      trigger('inserted', 'AFTER INSERT', 'row', 'NEW.id', ' AND id <> NEW.id'),
      trigger('updated', 'BEFORE UPDATE', 'row', 'OLD.id', ''),
      trigger('deleted', 'BEFORE DELETE', 'row', 'OLD.id', ''),
      trigger('inserted', 'BEFORE INSERT', 'reference', 'NEW.row', ''),
      trigger('updated', 'BEFORE UPDATE', 'reference', 'OLD.row', ''),
      trigger('deleted', 'BEFORE DELETE', 'reference', 'OLD.row', ''),
    ].join('\n'),
  );
}

function changed(revision: number): DamagedDatabase {
  return new DamagedDatabase(
    `its bytes have changed: it does not hold revision ${revision} as that was committed`,
  );
}

function lastRevisionIn(database: Database): Statement<[], number> {
  return database.prepare<[], number>('SELECT ifnull(max(id), 0) FROM revision').pluck();
}

type LastSeal = { readonly revision: number; readonly digest: Buffer };

function lastSealIn(database: Database): Statement<[], LastSeal> {
  return database.prepare<[], LastSeal>('SELECT revision, digest FROM seal ORDER BY revision DESC LIMIT 1');
}

function statementOf(database: Database): Statement<[Part], Buffer> {
  return database.prepare<[Part], Buffer>(`SELECT ${contentOf(within('@part'))}`).pluck();
}

function partsOf(database: Database): Parts {
  const content = statementOf(database);
  // Ids are not used again, and may have wide gaps.
  const next = database
    .prepare<[Part], number | null>(
      `SELECT min(id) >> ${partBits} FROM (
         SELECT min(id) AS id FROM row WHERE id >= @part << ${partBits}
         UNION ALL SELECT min(row) FROM reference WHERE row >= @part << ${partBits})`,
    )
    .pluck();
  const parts = new Map<number, string>();
  for (let part = next.get({ part: 0 }) ?? null; part !== null; part = next.get({ part: part + 1 }) ?? null)
    parts.set(part, digest(content.get({ part }) ?? emptyContent));
  return parts;
}

/** A definition that says something else would make other indexes and constraints of the same rows. */
function digestOfSchema(database: Database): string {
  const rows = database
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name')
    .raw()
    .all();
  return digest(JSON.stringify(rows));
}

function digestOf(parts: Parts, schema: string): Buffer {
  const inOrder = [...parts].sort(([one], [other]) => one - other);
  return Buffer.from(digest(JSON.stringify([schema, inOrder])), 'hex');
}

function digest(content: string | Buffer): string {
  return hash('sha256', content, 'hex').slice(0, hexLength);
}
