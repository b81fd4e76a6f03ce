import type { Database } from 'better-sqlite3';
import { type Content, isList, type RowId, targetsOf } from '../../schemas/content.ts';
import type { Draft } from './draft.ts';

/** Writes drafts into the tables `row` and `reference`. */
export class DraftWriter {
  readonly #insert;
  readonly #lastPosition;
  readonly #update;
  readonly #delete;
  readonly #rename;
  readonly #place;
  readonly #link;
  readonly #unlink;

  constructor(database: Database) {
    this.#insert = once(() =>
      database.prepare('INSERT INTO row (path, parent, key, position, fields) VALUES (?, ?, ?, ?, ?)'),
    );
    this.#lastPosition = once(() =>
      database
        .prepare<[string, number], number | null>(
          'SELECT max(position) FROM row WHERE path = ? AND ifnull(parent, 0) = ?',
        )
        .pluck(),
    );
    this.#update = once(() => database.prepare('UPDATE row SET fields = ? WHERE id = ?'));
    this.#delete = once(() => database.prepare('DELETE FROM row WHERE id = ?'));
    this.#rename = once(() => database.prepare('UPDATE row SET key = ? WHERE id = ?'));
    this.#place = once(() => database.prepare('UPDATE row SET position = ? WHERE id = ?'));
    this.#link = once(() =>
      database.prepare('INSERT INTO reference (row, field, position, target) VALUES (?, ?, ?, ?)'),
    );
    this.#unlink = once(() => database.prepare('DELETE FROM reference WHERE row = ? AND field = ?'));
  }

  /** Inside the caller's transaction. Returns pending id -> real id. */
  write(draft: Draft): ReadonlyMap<RowId, RowId> {
    const real = new Map<RowId, RowId>();
    const idOf = (id: RowId): RowId => real.get(id) ?? id;
    const changes = [...draft.changes];
    const orders = [...draft.orders()];
    const kept = changes.filter(({ created, deleted }) => !created && !deleted);
    const before = new Map(kept.map(({ id }) => [id, draft.base.row(id)]));

    for (const { id, created, deleted } of changes) if (deleted && !created) this.#delete().run(id);

    // Names may swap places, so all of them step aside before any takes its new one.
    const renamed = kept.filter(({ id, key, renamed: wanted }) => wanted && before.get(id)?.key !== key);
    for (const { id } of renamed) this.#rename().run(`\0${id}`, id);
    for (const { id, key } of renamed) this.#rename().run(key, id);

    const positions = new Map<string, number>();
    const nextPosition = (path: string, parent: RowId | null): number => {
      const place = `${path} ${parent}`;
      const next = (positions.get(place) ?? this.#lastPosition().get(path, parent ?? 0) ?? 0) + 1;
      positions.set(place, next);
      return next;
    };

    // A parent is always created before its children.
    for (const change of changes) {
      if (!change.created || change.deleted) continue;
      const parent = change.parent === null ? null : idOf(change.parent);
      const { table: path, key, fields } = change;
      const position = nextPosition(path, parent);
      const { lastInsertRowid } = this.#insert().run(path, parent, key, position, plainText(fields));
      real.set(change.id, Number(lastInsertRowid));
    }
    for (const { id, fields } of kept) {
      if (fields.size === 0) continue;
      this.#update().run(plainText(new Map([...(before.get(id)?.fields ?? []), ...fields])), id);
      for (const field of fields.keys()) this.#unlink().run(id, field);
    }
    for (const { id, fields, deleted } of changes) {
      if (deleted) continue;
      for (const [field, content] of fields) {
        const first = isList(content) ? 1 : 0;
        for (const [index, target] of targetsOf(content).entries()) {
          this.#link().run(idOf(id), field, first + index, idOf(target));
        }
      }
    }
    for (const order of orders) {
      order.forEach((id, index) => {
        this.#place().run(index + 1, idOf(id));
      });
    }
    return real;
  }
}

/** To prepare a statement takes SQLite longer than to run it: only what a draft needs, once for all drafts. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The fields that are no references, as JSON. */
function plainText(fields: ReadonlyMap<string, Content | undefined>): string {
  const plain: Record<string, Content> = {};
  for (const [field, content] of fields) {
    if (content !== undefined && targetsOf(content).length === 0) plain[field] = content;
  }
  return JSON.stringify(plain);
}
