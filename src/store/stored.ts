import type { Database } from 'better-sqlite3';
import type { Content, Link, RowId } from '../../schemas/content.ts';
import type { Value } from '../../schemas/field.ts';
import { once } from '../../schemas/once.ts';
import { Nearby } from './nearby.ts';
import type { KeyRange, Row, Use, View } from './view.ts';

type RowRecord = {
  id: number;
  path: string;
  parent: number | null;
  key: string;
  fields: string;
  predefined: number;
  links: string | null;
};

type PlacedRecord = RowRecord & { position: number };

/** Rows that are read at once where they are wanted one by one. */
const pageLength = 256;

const columns = `id, path, parent, key, fields, predefined,
  (SELECT json_group_array(json_array(field, position, target)) FROM reference WHERE reference.row = row.id) AS links`;

/** The committed configuration, read from the database. */
export class Stored implements View {
  readonly #all;
  readonly #row;
  readonly #of;
  readonly #find;
  readonly #rows;
  readonly #page;
  readonly #users;
  readonly #keys;
  readonly #lastKey;
  readonly #position;
  readonly #nearby: Nearby;
  #revision: number;

  constructor(database: Database) {
    this.#all = once(() => database.prepare<[], RowRecord>(`SELECT ${columns} FROM row ORDER BY id`));
    this.#row = once(() => database.prepare<[number], RowRecord>(`SELECT ${columns} FROM row WHERE id = ?`));
    this.#of = once(() =>
      database.prepare<[string], RowRecord>(`SELECT ${columns} FROM row WHERE path = ? ORDER BY id`),
    );
    this.#find = once(() =>
      database
        .prepare<[string, number, string], number>(
          'SELECT id FROM row WHERE path = ? AND ifnull(parent, 0) = ? AND key = ?',
        )
        .pluck(),
    );
    this.#rows = once(() =>
      database.prepare<[string, number], RowRecord>(
        `SELECT ${columns} FROM row WHERE path = ? AND ifnull(parent, 0) = ? ORDER BY position`,
      ),
    );
    this.#page = once(() =>
      database.prepare<[string, number, number, number, number], PlacedRecord>(
        `SELECT ${columns}, position FROM row
         WHERE path = ? AND ifnull(parent, 0) = ? AND (position, id) > (?, ?) ORDER BY position, id LIMIT ?`,
      ),
    );
    const range = 'FROM row WHERE path = ? AND ifnull(parent, 0) = ? AND key >= ? AND key < ? ORDER BY key';
    this.#keys = once(() =>
      database
        .prepare<[string, number, string, string, number], string>(`SELECT key ${range} LIMIT ?`)
        .pluck(),
    );
    this.#lastKey = once(() =>
      database.prepare<[string, number, string, string], string>(`SELECT key ${range} DESC LIMIT 1`).pluck(),
    );
    this.#users = once(() =>
      database.prepare<[number], Use>(
        'SELECT row, field FROM reference WHERE target = ? ORDER BY row, field',
      ),
    );
    this.#position = once(() =>
      database.prepare<[number], number>('SELECT position FROM row WHERE id = ?').pluck(),
    );
    const from = once(() =>
      database.prepare<[number], RowRecord>(
        `SELECT ${columns} FROM row WHERE id >= ? ORDER BY id LIMIT ${pageLength}`,
      ),
    );
    const ids = once(() =>
      database
        .prepare<[string, number], [string, number]>(
          'SELECT key, id FROM row WHERE path = ? AND ifnull(parent, 0) = ?',
        )
        .raw(),
    );
    this.#nearby = new Nearby(
      (id) => from().all(id).map(toRow),
      (table, parent) => new Map(ids().iterate(table, parent)),
    );
    const last = database.prepare<[], number>('SELECT ifnull(max(id), 0) FROM revision').pluck();
    this.#revision = last.get() ?? 0;
  }

  /** In memory, because every row that is opened notes it: the store that holds the database alone commits. */
  get revision(): number {
    return this.#revision;
  }

  /** A commit has written this revision. */
  advance(revision: number): void {
    this.#revision = revision;
    this.#nearby.forget();
  }

  /** Every row there is, also of tables that no catalogue knows. */
  *all(): Generator<Row> {
    for (const record of this.#all().iterate()) yield toRow(record);
  }

  /** Every row of a table or sub-table, whatever rows hold them. */
  of(table: string): readonly Row[] {
    return this.#of().all(table).map(toRow);
  }

  row(id: RowId): Row | undefined {
    if (id <= 0) return undefined;
    const known = this.#nearby.row(id);
    if (known !== undefined) return known;
    const record = this.#row().get(id);
    return record && toRow(record);
  }

  find(table: string, parent: RowId | null, key: string): RowId | undefined {
    if (parent !== null && parent < 0) return undefined;
    const keys = this.#nearby.keys(table, parent ?? 0);
    return keys === undefined ? this.#find().get(table, parent ?? 0, key) : keys.get(key);
  }

  rows(table: string, parent: RowId | null): readonly Row[] {
    return parent !== null && parent < 0
      ? []
      : this.#rows()
          .all(table, parent ?? 0)
          .map(toRow);
  }

  *eachRow(table: string, parent: RowId | null): Generator<Row> {
    if (parent !== null && parent < 0) return;
    let last: PlacedRecord | undefined;
    for (;;) {
      const page = this.#page().all(table, parent ?? 0, last?.position ?? -1, last?.id ?? 0, pageLength);
      for (const record of page) yield toRow(record);
      last = page.at(-1);
      if (page.length < pageLength) return;
    }
  }

  keys(table: string, parent: RowId | null, prefix: string, limit: number): KeyRange {
    if (parent !== null && parent < 0) return { keys: [] };
    const end = `${prefix}\u{10ffff}\u{10ffff}`;
    const keys = this.#keys().all(table, parent ?? 0, prefix, end, limit);
    if (keys.length < limit) return { keys };
    const last = this.#lastKey().get(table, parent ?? 0, prefix, end);
    return last === undefined || last === keys.at(-1) ? { keys } : { keys, last };
  }

  /** Where a row stands among those of its table. */
  positionOf(id: RowId): number | undefined {
    return this.#position().get(id);
  }

  users(id: RowId): readonly Use[] {
    return id > 0 ? this.#users().all(id) : [];
  }
}

function toRow({ id, path, parent, key, fields, predefined, links }: RowRecord): Row {
  const values: Record<string, Value> = JSON.parse(fields);
  const content = new Map<string, Content>(Object.entries(values));
  if (links !== null && links !== '[]') readLinks(JSON.parse(links), content);
  return { id, table: path, parent, key, fields: content, predefined: predefined === 1 };
}

/** Position 0 is that of the one row that a field refers to; those of a list count from 1. */
function readLinks(
  links: readonly (readonly [string, number, number])[],
  content: Map<string, Content>,
): void {
  const lists = new Map<string, Link[]>();
  for (const [field, position, target] of links) {
    if (position === 0) {
      content.set(field, { target });
      continue;
    }
    const items = lists.get(field) ?? [];
    items[position - 1] = { target };
    lists.set(field, items);
  }
  for (const [field, items] of lists) content.set(field, items);
}
