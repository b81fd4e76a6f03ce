import type { Catalogue } from '../../schemas/catalogue.ts';
import type { RowId } from '../../schemas/content.ts';
import type { Table } from '../../schemas/table.ts';
import { type DataOptions, rowOf } from '../cli/printing/data.ts';
import { move } from '../model/changes/move.ts';
import { remove } from '../model/changes/remove.ts';
import { rename } from '../model/changes/rename.ts';
import type { ModelFaults } from '../model/fault.ts';
import { unreadable } from '../model/permission.ts';
import { findRow } from '../model/rows/keys.ts';
import type { OpenTable } from '../model/rows/open-table.ts';
import { Draft } from '../store/draft.ts';
import type { View } from '../store/view.ts';
import { type ApiAnswer, errorOf, malformed, refused, stale } from './answer.ts';
import { finish } from './rows/finish.ts';
import { isRowInput, type RowInput } from './rows/input.ts';
import { holdersOf, openTable } from './rows/open-table.ts';
import { faultsAt, keyIn, keyMember, writeRow } from './rows/write-row.ts';
import type { Work } from './work.ts';

/** What a request of the configuration is about. */
export type ConfigurationCall = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly table: Table;
  /** Keys of the rows from the outermost on; the last one may be missing. */
  readonly keys: readonly string[];
  readonly body: unknown;
  /** The revision that it is meant for; null: any. */
  readonly revision: number | null;
  readonly isDry: boolean;
  /** Every field, also those that are not set. */
  readonly isFull: boolean;
  /** Where the row is to stand. */
  readonly beside: { readonly side: 'before' | 'after'; readonly key: string } | null;
  readonly from: number;
  readonly count: number;
};

/** Rows of one answer. */
export const mostRows = 10_000;

/** The tables that can be reached, with their sub-tables, by their paths with `/` between the words. */
export function tablePaths({ tables }: Catalogue): ReadonlyMap<string, Table> {
  const paths = new Map<string, Table>();
  const add = (table: Table): void => {
    paths.set(table.path.join('/'), table);
    for (const below of table.tables.values()) add(below);
  };
  for (const table of tables) add(table);
  return paths;
}

/** What can be done to a table. */
export function tableMethods({ key, readOnly }: Table): readonly ConfigurationCall['method'][] {
  if (readOnly) return ['GET'];
  return key === undefined ? ['GET', 'PUT'] : ['GET', 'POST', 'PUT', 'DELETE'];
}

export async function answerConfiguration(work: Work, call: ConfigurationCall): Promise<ApiAnswer> {
  const { model } = work;
  const { view } = model.configuration;
  const { table, keys, method, revision } = call;
  const holders = holdersOf(model, table);
  const keyed = table.key !== undefined;
  const path = [table.id, ...keys];
  if (keys.length < holders || keys.length > holders + (keyed ? 1 : 0)) {
    const expected = `${holders + (keyed ? 1 : 0)} keys at most, and ${holders} at least: mkey, sub_mkey`;
    return refused([malformed(expected, path)]);
  }
  if (revision !== null && revision !== view.revision) return stale(view.revision);
  const forbidden = method === 'GET' ? unreadable(model, table) : undefined;
  if (forbidden !== undefined) return refused([errorOf(forbidden, { path })]);
  const draft = new Draft(view);
  const open = openTable(model, draft, table, keys);
  if ('error' in open) return refused([open.error], true);
  const key = keys[holders];
  if (method === 'GET') return read(work, draft, call, open, key, path);
  return await change(work, draft, call, open, key, path);
}

function read(
  { model, transaction }: Work,
  view: View,
  { isFull, from, count }: ConfigurationCall,
  { table, parent }: OpenTable,
  key: string | undefined,
  path: readonly string[],
): ApiAnswer {
  const options: DataOptions = { full: isFull };
  const of = transaction === undefined ? {} : { transaction: transaction.id };
  const about = { path: table.id, revision: view.revision, ...of };
  const dataOf = (id: RowId | undefined): unknown =>
    whole(rowOf(view, table, id === undefined ? undefined : view.row(id), options));
  if (table.key === undefined) {
    return { status: 200, data: { ...about, results: dataOf(view.find(table.id, parent, '')) } };
  }
  if (key !== undefined) {
    const found = findRow(model, view, { table, parent }, key);
    if ('fault' in found) return refused([errorOf(found.fault, { path, field: keyMember(table) })], true);
    return { status: 200, data: { ...about, results: [dataOf(found.id)] } };
  }
  const rows = view.rows(table.id, parent);
  const results = rows.slice(from, from + count).map(({ id }) => dataOf(id));
  return { status: 200, data: { ...about, total: rows.length, results } };
}

/** With what is made when it is asked for. */
function whole(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Symbol.iterator in value) return Array.from(iterated(value), whole);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, whole(each)]));
}

function iterated(value: object): Iterable<unknown> {
  return isIterable(value) ? value : [];
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

async function change(
  work: Work,
  draft: Draft,
  call: ConfigurationCall,
  open: OpenTable,
  key: string | undefined,
  path: readonly string[],
): Promise<ApiAnswer> {
  const { model } = work;
  const { method, isDry, body, beside } = call;
  const { table, parent } = open;
  const keyed = table.key !== undefined;
  if (method === 'DELETE') {
    if (key === undefined) return refused([malformed('the key of an entry: mkey', path)]);
    const faults = remove(model, draft, open, key);
    if (faults.length > 0) return refused(faultsAt(faults, { path }), true);
    return await finish(work, draft, isDry);
  }
  if (!isRowInput(body)) return refused([malformed('an object of fields', path)]);
  if (method === 'POST') {
    if (key !== undefined) return refused([malformed('the key in the body alone', path)]);
    return await create(work, draft, call, open, body);
  }
  if (keyed && key === undefined) return refused([malformed('the key of an entry: mkey', path)]);
  let named = key ?? '';
  if (keyed) {
    const found = findRow(model, draft, open, named);
    if ('fault' in found) return refused([errorOf(found.fault, { path, field: keyMember(table) })], true);
    named = found.row.key;
  }
  const errors = [...(await writeRow(model, draft, open, named, body, path))];
  const target = keyIn(table, body);
  if (errors.length === 0 && target !== undefined && target !== named) {
    errors.push(...faultsAt(rename(model, draft, open, named, target), { path, field: keyMember(table) }));
    named = target;
  }
  if (errors.length === 0 && beside !== null) {
    errors.push(...faultsAt(moved(work, draft, { table, parent }, named, beside), { path }));
  }
  return errors.length > 0 ? refused(errors) : await finish(work, draft, isDry);
}

async function create(
  work: Work,
  draft: Draft,
  { isDry, beside }: ConfigurationCall,
  open: OpenTable,
  body: RowInput,
): Promise<ApiAnswer> {
  const { model } = work;
  const { table, parent } = open;
  // 0 is the next free number.
  const key = keyIn(table, body) ?? (table.key?.kind === 'number' ? '0' : undefined);
  const member = keyMember(table) ?? '';
  if (key === undefined) {
    const fault = { error: 'must-be-set', word: member, expected: 'a name for the new entry' } as const;
    return refused([errorOf(fault, { path: [table.id], field: member })]);
  }
  const path = [table.id, key];
  if (existing(draft, open, key)) {
    const fault = { error: 'exists', word: key, expected: 'a name that no other entry has' } as const;
    return refused([errorOf(fault, { path, field: member })]);
  }
  const before = new Set(draft.rows(table.id, parent).map(({ id }) => id));
  const errors = [...(await writeRow(model, draft, open, key, body, path))];
  const made = draft.rows(table.id, parent).find(({ id }) => !before.has(id));
  if (errors.length === 0 && beside !== null && made !== undefined) {
    errors.push(...faultsAt(moved(work, draft, open, made.key, beside), { path }));
  }
  if (errors.length > 0) return refused(errors);
  const answer = await finish(work, draft, isDry);
  return answer.status === 200 && !isDry ? { ...answer, status: 201 } : answer;
}

function existing(view: View, { table, parent }: OpenTable, key: string): boolean {
  const reading = table.readKey(key);
  return view.find(table.id, parent, 'key' in reading ? reading.key : key) !== undefined;
}

function moved(
  { model }: Work,
  draft: Draft,
  open: OpenTable,
  key: string,
  { side, key: other }: NonNullable<ConfigurationCall['beside']>,
): ModelFaults {
  return move(model, draft, open, key, side, other);
}
