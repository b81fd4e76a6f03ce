import assert from 'node:assert/strict';
import type { RowId } from '../../schemas/content.ts';
import { Draft } from '../../src/store/draft.ts';
import type { Store } from '../../src/store/store.ts';
import type { View } from '../../src/store/view.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import type { DatabaseFile, StoredChange } from './database-file.ts';
import { asContent, Model, type ModelContent, type ModelRow, modelDifference } from './model.ts';
import { subTables } from './small-catalogue.ts';

const names = ['a', 'b', 'c', 'd', 'x" y'];

/** One step as numbers: which row it takes is found out when it is its turn. */
export type Step = { readonly one: number; readonly other: number; readonly value: number };

/** Drafts over a store, beside models of what each of them should show. */
export class Run {
  readonly #store: Store;
  readonly #file: DatabaseFile;
  readonly #ids = new Map<number, RowId>();
  #committed = new Model();
  #drafts: Draft[] = [];
  #models: Model[] = [];
  readonly #revisions = new Map<number, Model>([[0, new Model()]]);
  #uid = 0;

  constructor(store: Store, file: DatabaseFile) {
    this.#store = store;
    this.#file = file;
    this.open();
  }

  get #draft(): Draft {
    const draft = this.#drafts.at(-1);
    assert.ok(draft !== undefined);
    return draft;
  }

  get #model(): Model {
    const model = this.#models.at(-1);
    assert.ok(model !== undefined);
    return model;
  }

  readonly #idOf = (uid: number): RowId => {
    const id = this.#ids.get(uid);
    assert.ok(id !== undefined);
    return id;
  };

  #pick(number: number, among: readonly ModelRow[] = this.#model.rows): ModelRow | undefined {
    return among[number % Math.max(1, among.length)];
  }

  #freeKey(table: string, parent: number | null, number: number): string | undefined {
    const taken = new Set(this.#model.in(table, parent).map(({ key }) => key));
    const free = names.filter((name) => !taken.has(name));
    return free[number % Math.max(1, free.length)];
  }

  #make(table: string, parent: number | null, key: string): ModelRow {
    this.#uid += 1;
    const row: ModelRow = { uid: this.#uid, table, parent, key, fields: new Map() };
    this.#model.rows.push(row);
    this.#ids.set(row.uid, this.#draft.create(table, parent === null ? null : this.#idOf(parent), key));
    return row;
  }

  #set(row: ModelRow, field: string, content: ModelContent | undefined): void {
    if (content === undefined) row.fields.delete(field);
    else row.fields.set(field, content);
    this.#draft.set(this.#idOf(row.uid), field, asContent(content, this.#idOf));
  }

  create({ one, other }: Step): void {
    const parent = one % 3 === 0 ? undefined : this.#pick(one);
    const table = parent === undefined ? 'thing' : subTables(parent.table)[0];
    if (table === undefined) return;
    const key = this.#freeKey(table, parent?.uid ?? null, other);
    if (key !== undefined) this.#make(table, parent?.uid ?? null, key);
  }

  set({ one, other, value }: Step): void {
    const row = this.#pick(one);
    // Not the default: who says what is in force anyway changes nothing.
    if (row !== undefined) this.#set(row, other % 2 === 0 ? 'size' : 'link', 1 + value);
  }

  link({ one, other }: Step): void {
    const row = this.#pick(one);
    const target = this.#pick(other, this.#model.in('thing', null));
    if (row !== undefined && target !== undefined) this.#set(row, 'link', { uid: target.uid });
  }

  /** A list of the rows from one on, or of their places; it may be empty. */
  list({ one, other, value }: Step): void {
    const row = this.#pick(one);
    const things = this.#model.in('thing', null);
    const first = other % Math.max(1, things.length);
    const listed = [...things.slice(first), ...things.slice(0, first)].slice(0, value);
    const items = listed.map(({ uid }, place) => (other % 5 === 0 ? place : { uid }));
    if (row !== undefined) this.#set(row, 'link', items);
  }

  unset({ one, other }: Step): void {
    const row = this.#pick(one);
    if (row !== undefined) this.#set(row, other % 2 === 0 ? 'size' : 'link', undefined);
  }

  delete({ one }: Step): ModelRow | undefined {
    const row = this.#pick(one);
    if (row === undefined) return undefined;
    const gone = new Set(this.#model.within(row.uid));
    const users = [...gone].flatMap((uid) => this.#model.users(uid)).filter(({ uid }) => !gone.has(uid));
    if (users.length > 0) return undefined;
    this.#draft.delete(this.#idOf(row.uid), subTables);
    this.#model.delete(row.uid);
    return row;
  }

  /** Deletes a row and makes another of the same name. */
  again(step: Step): void {
    const row = this.delete(step);
    if (row !== undefined) this.#make(row.table, row.parent, row.key);
  }

  rename({ one, other }: Step): void {
    const row = this.#pick(one);
    const key = row && this.#freeKey(row.table, row.parent, other);
    if (row === undefined || key === undefined) return;
    row.key = key;
    this.#draft.rename(this.#idOf(row.uid), key);
  }

  swap({ one, other }: Step): void {
    const row = this.#pick(one);
    const peer = row && this.#pick(other, this.#model.in(row.table, row.parent));
    if (row === undefined || peer === undefined || row === peer) return;
    const { key } = row;
    this.#draft.rename(this.#idOf(row.uid), 'for now');
    this.#draft.rename(this.#idOf(peer.uid), key);
    this.#draft.rename(this.#idOf(row.uid), peer.key);
    row.key = peer.key;
    peer.key = key;
  }

  move({ one, other, value }: Step): void {
    const row = this.#pick(one);
    const peer = row && this.#pick(other, this.#model.in(row.table, row.parent));
    if (row === undefined || peer === undefined || row === peer) return;
    const side = value % 2 === 0 ? 'before' : 'after';
    this.#draft.move(this.#idOf(row.uid), side, this.#idOf(peer.uid));
    this.#model.move(row.uid, side, peer.uid);
  }

  clone({ one, other }: Step): void {
    const row = this.#pick(one);
    const key = row && this.#freeKey(row.table, row.parent, other);
    if (row !== undefined && key !== undefined) this.#copy(row, row.parent, key);
  }

  #copy(row: ModelRow, parent: number | null, key: string): void {
    const below = this.#model.rows.filter((child) => child.parent === row.uid);
    const copy = this.#make(row.table, parent, key);
    for (const [field, content] of row.fields) {
      copy.fields.set(field, content);
      this.#draft.set(this.#idOf(copy.uid), field, asContent(content, this.#idOf));
    }
    for (const child of below) this.#copy(child, copy.uid, child.key);
  }

  open(): void {
    if (this.#drafts.length > 3) return;
    this.#models.push((this.#models.at(-1) ?? this.#committed).copy());
    this.#drafts.push(new Draft(this.#drafts.at(-1) ?? this.#store.stored));
  }

  abort(): void {
    this.#drafts.pop();
    this.#models.pop();
    if (this.#drafts.length === 0) this.open();
  }

  merge(): void {
    if (this.#drafts.length < 2) return;
    const upper = this.#drafts.pop();
    const model = this.#models.pop();
    assert.ok(upper !== undefined && model !== undefined);
    this.#draft.merge(upper);
    this.#models[this.#models.length - 1] = model;
  }

  commit(): void {
    while (this.#drafts.length > 1) this.merge();
    const [draft, model] = [this.#draft, this.#model];
    const previous = this.#committed;
    const before = this.#store.stored.revision;
    assert.deepEqual(this.#store.conflicts(draft), []);
    const { revision } = this.#store.commit(draft, { name: 'anna', origin: 'test' }, 1);
    assert.deepEqual(this.#file.faults, []);
    this.#drafts = [];
    this.#models = [];
    // A parent stands before what it holds, since it was made before.
    for (const row of [...model.rows].sort((one, other) => one.uid - other.uid)) {
      const parent = row.parent === null ? null : this.#idOf(row.parent);
      const id = this.#store.stored.find(row.table, parent, row.key);
      assert.ok(id !== undefined, `${row.table} ${row.key} is not stored`);
      this.#ids.set(row.uid, id);
    }
    const recorded = revision === before ? [] : this.#file.changes(revision);
    assert.deepEqual(sorted(recorded), sorted(modelDifference(previous, model, this.#idOf)));
    model.moved.clear();
    this.#committed = model.copy();
    this.#revisions.set(revision, this.#committed);
    this.check(this.#store.stored, this.#committed);
    this.open();
  }

  /** Each revision is what it was, seen from now and from any other. */
  checkPast(): void {
    const { present } = this.#store;
    for (const [from, fromModel] of this.#revisions) {
      const { past } = atOnce(present.to(from));
      this.check(past.view, fromModel);
      for (const [to, toModel] of this.#revisions) this.check(atOnce(past.to(to)).draft, toModel);
    }
  }

  /** Goes back to a revision, whose rows are those that they were. */
  rollback({ one }: Step): void {
    this.commit();
    const [number, model] = [...this.#revisions][one % this.#revisions.size] ?? [];
    if (number === undefined || model === undefined) return;
    const { draft } = atOnce(this.#store.present.to(number));
    assert.deepEqual(this.#store.conflicts(draft), []);
    const { revision } = this.#store.commit(draft, { name: 'anna', origin: 'test' }, 1);
    this.#committed = model.copy();
    this.#revisions.set(revision, this.#committed);
    assert.deepEqual(this.#file.faults, []);
    this.check(this.#store.stored, this.#committed);
    this.abort();
  }

  check(view: View = this.#draft, model: Model = this.#model): void {
    this.#checkPlace(view, model, 'thing', null);
    for (const row of model.rows) {
      const id = this.#idOf(row.uid);
      for (const table of subTables(row.table)) this.#checkPlace(view, model, table, row.uid);
      const users = view.users(id).map((use) => `${use.row} ${use.field}`);
      const expected = model.users(row.uid).map(({ uid, field }) => `${this.#idOf(uid)} ${field}`);
      assert.deepEqual(users.sort(), expected.sort(), `users of ${row.key}`);
    }
  }

  #checkPlace(view: View, model: Model, table: string, parent: number | null): void {
    const above = parent === null ? null : this.#idOf(parent);
    const expected = model.in(table, parent).map((row) => ({
      id: this.#idOf(row.uid),
      table,
      parent: above,
      key: row.key,
      fields: new Map([...row.fields].map(([name, content]) => [name, asContent(content, this.#idOf)])),
      predefined: false,
    }));
    const rows = view.rows(table, above);
    assert.deepEqual(rows, expected);
    for (const row of expected) assert.deepEqual(view.row(row.id), row);
    for (const name of names) {
      const id = view.find(table, above, name);
      const found = id === undefined || view.row(id) === undefined ? undefined : id;
      assert.equal(found, expected.find(({ key }) => key === name)?.id, `find ${table} ${name}`);
    }
  }
}

function sorted(changes: readonly StoredChange[]): string[] {
  return changes
    .map(({ fields, ...change }) =>
      JSON.stringify([Object.entries(change).sort(), Object.entries(fields).sort()]),
    )
    .sort();
}
