import { type Content, type RowId, targetsOf } from '../../schemas/content.ts';
import type { KeyRange, Row, Use, View } from './view.ts';

/** What a draft does to one row. */
export type RowChange = {
  readonly id: RowId;
  readonly table: string;
  readonly parent: RowId | null;
  /** Its key when the row was opened, and the new one once it is renamed. */
  key: string;
  renamed: boolean;
  readonly created: boolean;
  deleted: boolean;
  /** Fields that it touches; undefined = unset. */
  readonly fields: Map<string, Content | undefined>;
  /** The last commit that its author had seen when the row was opened. */
  since: number;
};

/** The rows of one table (below one parent) that a draft adds, removes or renames. */
type Membership = {
  readonly table: string;
  readonly parent: RowId | null;
  /** null: the key is free now. */
  readonly keys: Map<string, RowId | null>;
  readonly added: RowId[];
  order: RowId[] | undefined;
};

/** The rows of one table, or of the sub-table of one row, in their order. */
export type Order = { readonly table: string; readonly parent: RowId | null; readonly ids: readonly RowId[] };

const noRows: ReadonlySet<RowId> = new Set();

let pending = 0;

/** Changes in memory over another view, by table, key and field. It can lie over another draft and be merged into it. */
export class Draft implements View {
  readonly base: View;
  readonly #changes = new Map<RowId, RowChange>();
  readonly #memberships = new Map<string, Membership>();
  // Of a draft that holds one row, as most do, these are seldom needed.
  #moved: Set<RowId> | undefined;
  /** Row -> fields that refer to it by this draft. */
  #uses: Map<RowId, Map<string, Use>> | undefined;
  #since = Number.POSITIVE_INFINITY;

  constructor(base: View) {
    this.base = base;
  }

  get revision(): number {
    return this.base.revision;
  }

  /** Rows that were put elsewhere in the order. */
  get moved(): ReadonlySet<RowId> {
    return this.#moved ?? noRows;
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0;
  }

  /** The last commit that whoever began it had seen: what came later may stand against it. Infinite: nothing is begun. */
  get since(): number {
    return this.#since;
  }

  /** It has opened rows, at most: nothing was entered for them. */
  get isIdle(): boolean {
    for (const change of this.#changes.values()) if (change.deleted || this.alters(change)) return false;
    return true;
  }

  /** How many rows it changes. */
  get size(): number {
    return this.#changes.size;
  }

  get changes(): Iterable<RowChange> {
    return this.#changes.values();
  }

  changeOf(id: RowId): RowChange | undefined {
    return this.#changes.get(id);
  }

  /** Whether it does anything to a row besides opening it. */
  alters({ id, created, deleted, renamed, fields }: RowChange): boolean {
    if (created) return !deleted;
    return deleted || renamed || fields.size > 0 || this.moved.has(id);
  }

  /** Tables whose rows were put in another order, with the whole new order. */
  *orders(): Generator<Order> {
    for (const { table, parent, order } of this.#memberships.values()) {
      if (order !== undefined) yield { table, parent, ids: this.rows(table, parent).map(({ id }) => id) };
    }
  }

  row(id: RowId): Row | undefined {
    const change = this.#changes.get(id);
    if (change === undefined) return this.base.row(id);
    if (change.deleted) return undefined;
    const below = change.created ? undefined : this.base.row(id);
    const fields = new Map(below?.fields);
    for (const [field, content] of change.fields) {
      if (content === undefined) fields.delete(field);
      else fields.set(field, content);
    }
    const { table, parent } = change;
    const key = change.renamed ? change.key : (below?.key ?? change.key);
    return { id, table, parent, key, fields, predefined: below?.predefined ?? false };
  }

  find(table: string, parent: RowId | null, key: string): RowId | undefined {
    const known = this.#memberships.get(scope(table, parent))?.keys.get(key);
    return known === undefined ? this.base.find(table, parent, key) : (known ?? undefined);
  }

  rows(table: string, parent: RowId | null): readonly Row[] {
    const membership = this.#memberships.get(scope(table, parent));
    const below = this.base.rows(table, parent);
    if (membership === undefined && this.#changes.size === 0) return below;
    const known = new Map(below.map((row) => [row.id, row]));
    // What others have added since the rows were put in order comes last.
    const ids = new Set([...(membership?.order ?? []), ...known.keys(), ...(membership?.added ?? [])]);
    return [...ids].flatMap((id) => (this.#changes.has(id) ? this.row(id) : known.get(id)) ?? []);
  }

  eachRow(table: string, parent: RowId | null): Iterable<Row> {
    const isTouched = this.#memberships.has(scope(table, parent)) || this.#changes.size > 0;
    return isTouched ? this.rows(table, parent) : this.base.eachRow(table, parent);
  }

  keys(table: string, parent: RowId | null, prefix: string, limit: number): KeyRange {
    const changed = this.#memberships.get(scope(table, parent))?.keys;
    if (changed === undefined) return this.base.keys(table, parent, prefix, limit);
    const below = this.base.keys(table, parent, prefix, limit + changed.size);
    const mine = [...changed]
      .filter(([key, id]) => id !== null && key.startsWith(prefix))
      .map(([key]) => key);
    const all = new Set([...below.keys.filter((key) => changed.get(key) !== null), ...mine]);
    const sorted = [...all].sort(byCodePoint);
    const last = [below.last ?? '', ...sorted.slice(limit)].sort(byCodePoint).at(-1);
    return last ? { keys: sorted.slice(0, limit), last } : { keys: sorted };
  }

  users(id: RowId): readonly Use[] {
    const below = this.base.users(id).filter(({ row, field }) => {
      const change = this.#changes.get(row);
      return change === undefined || (!change.deleted && !change.fields.has(field));
    });
    return [...below, ...(this.#uses?.get(id)?.values() ?? [])];
  }

  /** Records that the author is about to change this row, and gives it as it is now. */
  open(id: RowId): Row | undefined {
    const row = this.row(id);
    if (row !== undefined) this.#touch(id, row);
    return row;
  }

  create(table: string, parent: RowId | null, key: string): RowId {
    pending -= 1;
    return this.revive(pending, table, parent, key);
  }

  /** Makes a row of this id, which has been one before and is gone. */
  revive(id: RowId, table: string, parent: RowId | null, key: string): RowId {
    this.#since = Math.min(this.#since, this.revision);
    this.#changes.set(id, {
      id,
      table,
      parent,
      key,
      renamed: false,
      created: true,
      deleted: false,
      fields: new Map(),
      since: this.revision,
    });
    const membership = this.#membership(table, parent);
    membership.keys.set(key, id);
    membership.added.push(id);
    membership.order?.push(id);
    return id;
  }

  set(id: RowId, field: string, content: Content | undefined): void {
    const change = this.#touch(id);
    this.#removeUse(change, field);
    change.fields.set(field, content);
    this.#recordUse(id, field, content);
  }

  /** Removes a row with all that it holds. `tables` are the sub-tables that rows of its table have, at any depth. */
  delete(id: RowId, subTables: (table: string) => readonly string[]): void {
    const change = this.#touch(id);
    for (const table of subTables(change.table)) {
      for (const row of this.rows(table, id)) this.delete(row.id, subTables);
    }
    for (const field of change.fields.keys()) this.#removeUse(change, field);
    this.#leave(change);
    change.fields.clear();
    change.deleted = true;
  }

  rename(id: RowId, key: string): void {
    const change = this.#touch(id);
    const membership = this.#membership(change.table, change.parent);
    membership.keys.set(this.row(id)?.key ?? change.key, null);
    membership.keys.set(key, id);
    change.key = key;
    change.renamed = true;
  }

  /** Puts a row right before or after another one of its table. */
  move(id: RowId, side: 'before' | 'after', other: RowId): void {
    const { table, parent } = this.#touch(id);
    const order = this.rows(table, parent)
      .map((row) => row.id)
      .filter((row) => row !== id);
    order.splice(order.indexOf(other) + (side === 'after' ? 1 : 0), 0, id);
    this.arrange(table, parent, order, [id]);
  }

  /** Puts all rows of a table in an order. `moved`: those that do not stay where they are for it. */
  arrange(table: string, parent: RowId | null, order: readonly RowId[], moved: Iterable<RowId>): void {
    this.#membership(table, parent).order = [...order];
    for (const id of moved) {
      this.#touch(id);
      this.#addMoved(id);
    }
  }

  /** The same changes over another view, apart from these from now on. */
  copyOver(base: View): Draft {
    const copy = new Draft(base);
    for (const [id, change] of this.#changes)
      copy.#changes.set(id, { ...change, fields: new Map(change.fields) });
    for (const [where, { keys, added, order, ...of }] of this.#memberships)
      copy.#memberships.set(where, {
        ...of,
        keys: new Map(keys),
        added: [...added],
        order: order && [...order],
      });
    if (this.#moved !== undefined) copy.#moved = new Set(this.#moved);
    copy.#since = this.#since;
    if (this.#uses !== undefined)
      copy.#uses = new Map([...this.#uses].map(([id, uses]) => [id, new Map(uses)]));
    return copy;
  }

  /** Takes over what another draft, made over this one, has changed. That draft can be changed on by itself. */
  merge(upper: Draft): void {
    this.take(upper.copyOver(this));
  }

  /** As `merge`, of a draft that nobody uses any more. */
  take(upper: Draft): void {
    this.#since = Math.min(this.#since, upper.#since);
    for (const change of upper.#changes.values()) {
      const mine = this.#changes.get(change.id);
      if (mine === undefined) {
        this.#changes.set(change.id, change);
      } else {
        for (const [field, content] of change.fields) {
          this.#removeUse(mine, field);
          mine.fields.set(field, content);
        }
        if (change.renamed) {
          mine.key = change.key;
          mine.renamed = true;
        }
        if (change.deleted) {
          for (const field of mine.fields.keys()) this.#removeUse(mine, field);
          mine.fields.clear();
          mine.deleted = true;
        }
      }
      if (!change.deleted) {
        for (const [field, content] of change.fields) this.#recordUse(change.id, field, content);
      }
    }
    for (const id of upper.moved) this.#addMoved(id);
    for (const [where, theirs] of upper.#memberships) {
      const mine = this.#memberships.get(where);
      if (mine === undefined) {
        this.#memberships.set(where, theirs);
        continue;
      }
      for (const [key, id] of theirs.keys) mine.keys.set(key, id);
      for (const id of theirs.added) mine.added.push(id);
      mine.order = theirs.order ?? (mine.order && [...mine.order, ...theirs.added]);
    }
  }

  #touch(id: RowId, now?: Row): RowChange {
    const known = this.#changes.get(id);
    if (known !== undefined) return known;
    const row = now ?? this.base.row(id);
    if (row === undefined) throw new Error(`row ${id} is gone`);
    this.#since = Math.min(this.#since, this.revision);
    const { table, parent, key } = row;
    const change: RowChange = {
      id,
      table,
      parent,
      key,
      renamed: false,
      created: false,
      deleted: false,
      fields: new Map(),
      since: this.revision,
    };
    this.#changes.set(id, change);
    return change;
  }

  #membership(table: string, parent: RowId | null): Membership {
    const where = scope(table, parent);
    let membership = this.#memberships.get(where);
    if (membership === undefined) {
      membership = { table, parent, keys: new Map(), added: [], order: undefined };
      this.#memberships.set(where, membership);
    }
    return membership;
  }

  #leave({ id, table, parent, key }: RowChange): void {
    const membership = this.#membership(table, parent);
    membership.keys.set(this.row(id)?.key ?? key, null);
    membership.order = membership.order?.filter((row) => row !== id);
  }

  #addMoved(id: RowId): void {
    this.#moved ??= new Set();
    this.#moved.add(id);
  }

  #recordUse(row: RowId, field: string, content: Content | undefined): void {
    for (const target of targetsOf(content)) {
      this.#uses ??= new Map();
      const uses = this.#uses.get(target) ?? new Map<string, Use>();
      uses.set(`${row} ${field}`, { row, field });
      this.#uses.set(target, uses);
    }
  }

  #removeUse({ id, fields }: RowChange, field: string): void {
    for (const target of targetsOf(fields.get(field))) this.#uses?.get(target)?.delete(`${id} ${field}`);
  }
}

function scope(table: string, parent: RowId | null): string {
  return parent === null ? table : `${table} ${parent}`;
}

/** As SQLite orders text: by UTF-8, which is by code point. */
function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
