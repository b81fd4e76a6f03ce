import type { Database } from 'better-sqlite3';
import { type Content, isList, type RowId, targetsOf } from '../../../schemas/content.ts';
import { once } from '../../../schemas/once.ts';
import type { Draft, Order } from '../draft.ts';
import { GroupedInsert } from './grouped-insert.ts';
import { gap, type Placed, type Shift, shifts } from './places.ts';

/** Where a row has stood, and stands now; null: nowhere. */
export type Places = { readonly before: number | null; readonly after: number | null };

export type Written = {
  /** Pending id -> real id. */
  readonly real: ReadonlyMap<RowId, RowId>;
  /** Of every row that has come, gone or been put elsewhere, by its real id. */
  readonly places: ReadonlyMap<RowId, Places>;
  /** Those of them that have been put elsewhere. */
  readonly shifted: ReadonlySet<RowId>;
};

/** Writes drafts into the tables `row` and `reference`. */
export class DraftWriter {
  readonly #insert: GroupedInsert;
  readonly #lastId;
  readonly #lastPosition;
  readonly #update;
  readonly #delete;
  readonly #rename;
  readonly #order;
  readonly #place;
  readonly #link;
  readonly #unlink;

  constructor(database: Database) {
    this.#insert = new GroupedInsert(
      database,
      'INSERT INTO row (id, path, parent, key, position, fields)',
      6,
    );
    this.#lastId = once(() =>
      database
        .prepare<[], number>("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'row'")
        .pluck(),
    );
    this.#lastPosition = once(() =>
      database
        .prepare<[string, number], number | null>(
          'SELECT max(position) FROM row WHERE path = ? AND ifnull(parent, 0) = ?',
        )
        .pluck(),
    );
    this.#update = once(() => database.prepare('UPDATE row SET fields = ? WHERE id = ?'));
    this.#delete = once(() =>
      database.prepare<[number], number>('DELETE FROM row WHERE id = ? RETURNING position').pluck(),
    );
    this.#rename = once(() => database.prepare('UPDATE row SET key = ? WHERE id = ?'));
    this.#order = once(() =>
      database.prepare<[string, number], Placed>(
        'SELECT id, position FROM row WHERE path = ? AND ifnull(parent, 0) = ? ORDER BY position',
      ),
    );
    this.#place = once(() => database.prepare('UPDATE row SET position = ? WHERE id = ?'));
    this.#link = once(() =>
      database.prepare('INSERT INTO reference (row, field, position, target) VALUES (?, ?, ?, ?)'),
    );
    this.#unlink = once(() => database.prepare('DELETE FROM reference WHERE row = ? AND field = ?'));
  }

  /** Inside the caller's transaction. */
  write(draft: Draft): Written {
    const real = new Map<RowId, RowId>();
    const places = new Map<RowId, Places>();
    const idOf = (id: RowId): RowId => real.get(id) ?? id;
    const changes = [...draft.changes];
    const orders = [...draft.orders()];
    const kept = changes.filter(({ created, deleted }) => !created && !deleted);
    const before = new Map(kept.map(({ id }) => [id, draft.base.row(id)]));

    // What a row holds goes before it does: else SQLite removes it unseen.
    const gone = changes.filter(({ created, deleted }) => deleted && !created);
    for (const { id } of gone.sort((one, other) => depthOf(other) - depthOf(one))) {
      const position = this.#delete().get(id);
      if (position !== undefined) places.set(id, { before: position, after: null });
    }

    // Names may swap places, so all of them step aside before any takes its new one.
    const renamed = kept.filter(({ id, key, renamed: wanted }) => wanted && before.get(id)?.key !== key);
    for (const { id } of renamed) this.#rename().run(`\0${id}`, id);
    for (const { id, key } of renamed) this.#rename().run(key, id);

    const positions = new Map<string, Map<RowId | null, number>>();
    const nextPosition = (path: string, parent: RowId | null): number => {
      const ofTable = positions.get(path) ?? new Map<RowId | null, number>();
      positions.set(path, ofTable);
      const next = (ofTable.get(parent) ?? this.#lastPosition().get(path, parent ?? 0) ?? 0) + gap;
      ofTable.set(parent, next);
      return next;
    };

    let lastId = this.#lastId().get() ?? 0;
    const created = changes.values().flatMap((change) => {
      if (!change.created || change.deleted) return [];
      // A parent is always created before its children.
      const parent = change.parent === null ? null : idOf(change.parent);
      const { table: path, key, fields } = change;
      const position = nextPosition(path, parent);
      const id = change.id > 0 ? change.id : lastId + 1;
      lastId = Math.max(lastId, id);
      real.set(change.id, id);
      places.set(id, { before: null, after: position });
      return [[id, path, parent, key, position, plainText(fields)]];
    });
    this.#insert.run(created);
    for (const { id, fields } of kept) {
      if (fields.size === 0) continue;
      this.#update().run(plainText(new Map([...(before.get(id)?.fields ?? []), ...fields])), id);
      for (const field of fields.keys()) this.#unlink().run(id, field);
    }
    for (const { id, fields, deleted } of changes) {
      if (deleted) continue;
      for (const [field, content] of fields) {
        const targets = targetsOf(content);
        if (targets.length === 0) continue;
        const first = isList(content) ? 1 : 0;
        for (const [index, target] of targets.entries()) {
          this.#link().run(idOf(id), field, first + index, idOf(target));
        }
      }
    }
    const moved = new Set([...draft.moved].map(idOf));
    const shifted = new Set<RowId>();
    for (const order of orders) {
      for (const { id, before, position } of this.#arrange(order, idOf, moved)) {
        const known = places.get(id);
        places.set(id, { before: known === undefined ? before : known.before, after: position });
        shifted.add(id);
      }
    }
    return { real, places, shifted };
  }

  #arrange(
    { table, parent, ids }: Order,
    idOf: (id: RowId) => RowId,
    moved: ReadonlySet<RowId>,
  ): readonly Shift[] {
    const stored = this.#order().all(table, parent === null ? 0 : idOf(parent));
    const shifted = shifts(stored, ids.map(idOf), moved);
    for (const { id, position } of shifted) this.#place().run(position, id);
    return shifted;
  }
}

function depthOf({ table }: { readonly table: string }): number {
  return table.split(' ').length;
}

/** The fields that are no references, as JSON. */
function plainText(fields: ReadonlyMap<string, Content | undefined>): string {
  const plain: Record<string, Content> = {};
  for (const [field, content] of fields) {
    if (content !== undefined && targetsOf(content).length === 0) plain[field] = content;
  }
  return JSON.stringify(plain);
}
