import type { Database } from 'better-sqlite3';
import { type Content, type Item, isLink, isList, type RowId } from '../../../schemas/content.ts';
import { once } from '../../../schemas/once.ts';
import type { Author } from '../author.ts';
import type { Contents, RecordedChange } from '../difference.ts';
import { GroupedInsert } from '../writing/grouped-insert.ts';
import type { Places, Written } from '../writing/write.ts';
import { type ChangeRecord, combine, type NetChange, reversed } from './net-change.ts';

/** A revision, as a list shows it. */
export type Revision = {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly author: string;
  /** From where: `console`, `import rules.conf`. */
  readonly origin: string;
  readonly comment: string;
  /** How many entries of each table it has changed, those of sub-tables with their own paths; null: that is forgotten. */
  readonly tables: ReadonlyMap<string, number> | null;
};

type RevisionRow = {
  id: number;
  time: number;
  author: string;
  origin: string;
  comment: string;
  tables: string | null;
};

/** Changes that are read at once. */
const pageLength = 256;

/** Changes that are removed in one transaction. */
const removedAtOnce = 2000;

const columns = 'id, time, author, origin, comment, tables';

/**
 * What was committed, revision by revision: enough to tell what the configuration was at any that is kept. Rows are named
 * by what they are, so that one that comes back is the one that it was. It holds no secret, but that there was one.
 */
export class History {
  readonly #database: Database;
  readonly #page;
  readonly #insert;
  readonly #insertChange: GroupedInsert;
  readonly #insertMadeRoom;

  constructor(database: Database) {
    this.#database = database;
    this.#page = once(() =>
      database.prepare<[number, number, number], ChangeRecord>(
        `SELECT * FROM change WHERE (revision, row) > (?, ?) AND revision <= ? ORDER BY revision, row LIMIT ${pageLength}`,
      ),
    );
    this.#insert = once(() =>
      database.prepare('INSERT INTO revision (time, author, origin, comment, tables) VALUES (?, ?, ?, ?, ?)'),
    );
    const into =
      'INSERT INTO change (revision, row, path, parent, old_key, new_key, moved, old_position, new_position, fields)';
    this.#insertChange = new GroupedInsert(database, into, 10);
    this.#insertMadeRoom = once(() =>
      database.prepare(`${into} SELECT ?, id, path, parent, key, key, 0, ?, ?, '{}' FROM row WHERE id = ?`),
    );
  }

  /** The newest first, at most so many. */
  list(most: number): readonly Revision[] {
    return this.#database
      .prepare<[number], RevisionRow>(`SELECT ${columns} FROM revision ORDER BY id DESC LIMIT ?`)
      .all(most)
      .map(toRevision);
  }

  /** Undefined: there is none of that number, or it is forgotten. */
  get(number: number): Revision | undefined {
    const row = this.#database
      .prepare<[number], RevisionRow>(`SELECT ${columns} FROM revision WHERE id = ?`)
      .get(number);
    return row && toRevision(row);
  }

  /** The oldest revision of which it is known what the configuration was. 0: what a new installation has. */
  get oldest(): number {
    const first = this.#database
      .prepare<[], Pick<RevisionRow, 'id' | 'tables'>>('SELECT id, tables FROM revision ORDER BY id LIMIT 1')
      .get();
    if (first === undefined) return 0;
    return first.tables === null ? first.id : first.id - 1;
  }

  /** Records what was written as a revision, inside the caller's transaction. Gives its number. */
  record(
    changes: readonly RecordedChange[],
    { real, places, shifted }: Written,
    author: Author,
    comment: string,
    now: number,
  ): number {
    const counts = new Map<string, number>();
    for (const { path } of changes) counts.set(path, (counts.get(path) ?? 0) + 1);
    const tables = JSON.stringify([...counts]);
    const { lastInsertRowid } = this.#insert().run(now, author.name, author.origin, comment, tables);
    const revision = Number(lastInsertRowid);
    const idOf = (id: RowId): RowId => real.get(id) ?? id;
    const records = changes.values().map(({ row, path, parent, key, moved, contents }) => {
      const id = idOf(row);
      const holder = parent === null ? null : idOf(parent);
      const { before, after } = places.get(id) ?? unplaced;
      const fields = fieldsText(contents, idOf);
      return [revision, id, path, holder, ...key, Number(moved), before, after, fields];
    });
    this.#insertChange.run(records);
    if (shifted.size > 0) {
      const told = new Set(changes.map(({ row }) => idOf(row)));
      for (const id of shifted.difference(told))
        this.#recordMadeRoom(revision, id, places.get(id) ?? unplaced);
    }
    return revision;
  }

  /** A row that nobody has moved, but that got another position since there was no room between others. */
  #recordMadeRoom(revision: number, id: RowId, { before, after }: Places): void {
    this.#insertMadeRoom().run(revision, before, after, id);
  }

  /** False: there is no such revision. */
  setComment(number: number, comment: string): boolean {
    return (
      this.#database.prepare('UPDATE revision SET comment = ? WHERE id = ?').run(comment, number).changes > 0
    );
  }

  /** What is to be done to the configuration of one revision to have that of another, row by row. */
  *between(from: number, to: number): Generator<undefined, ReadonlyMap<RowId, NetChange>> {
    const [older, newer] = from < to ? [from, to] : [to, from];
    const net = new Map<RowId, NetChange>();
    let last = { revision: older, row: Number.MAX_SAFE_INTEGER };
    for (;;) {
      const page = this.#page().all(last.revision, last.row, newer);
      for (const record of page) combine(net, record);
      const end = page.at(-1);
      if (end === undefined || page.length < pageLength) break;
      last = end;
      yield;
    }
    return from < to ? net : reversed(net);
  }

  /**
   * Forgets revisions so that at most `limit` are kept, but none after `needed`. Gives the last that is forgotten now; 0:
   * none is. What they have changed goes by `removeForgotten`.
   */
  forget(limit: number, needed: number): number {
    const last = this.#database
      .prepare<[number], number>('SELECT id FROM revision ORDER BY id DESC LIMIT 1 OFFSET ?')
      .pluck()
      .get(limit);
    const until = Math.min(last ?? 0, needed);
    if (until <= 0) return 0;
    const { changes } = this.#database.prepare('DELETE FROM revision WHERE id <= ?').run(until);
    return changes === 0 ? 0 : until;
  }

  /** Removes some of what forgotten revisions have changed. False: nothing is left of them. */
  removeForgotten(): boolean {
    if (!this.#database.open) return false;
    const { changes } = this.#database
      .prepare(
        `DELETE FROM change WHERE (row, revision) IN (SELECT row, revision FROM change
         WHERE revision < (SELECT min(id) FROM revision) ORDER BY revision LIMIT ${removedAtOnce})`,
      )
      .run();
    return changes > 0;
  }
}

const unplaced: Places = { before: null, after: null };

function toRevision({ id, tables, ...rest }: RevisionRow): Revision {
  const counts: [string, number][] | null = tables === null ? null : JSON.parse(tables);
  return { number: id, ...rest, tables: counts && new Map(counts) };
}

function fieldsText(contents: RecordedChange['contents'], idOf: IdOf): string {
  if (contents.size === 0) return '{}';
  const fields: Record<string, Contents> = {};
  for (const [field, pair] of contents) {
    const [before, after] = pair;
    // What most fields hold is no row, and is written as it is.
    const isPlain = typeof before !== 'object' && typeof after !== 'object';
    fields[field] = isPlain ? pair : [withIds(before, idOf), withIds(after, idOf)];
  }
  // What is undefined becomes null there.
  return JSON.stringify(fields);
}

type IdOf = (id: RowId) => RowId;

function withIds(content: Content | undefined, idOf: IdOf): Content | undefined {
  const item = (each: Item): Item => (isLink(each) ? { target: idOf(each.target) } : each);
  if (content === undefined) return undefined;
  return isList(content) ? content.map(item) : item(content);
}
