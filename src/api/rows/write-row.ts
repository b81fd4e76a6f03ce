import type { Table } from '../../../schemas/table.ts';
import { close } from '../../model/changes/close.ts';
import { edit } from '../../model/changes/edit.ts';
import { remove } from '../../model/changes/remove.ts';
import { arrange } from '../../model/changes/replace.ts';
import type { ModelFault } from '../../model/fault.ts';
import type { Model } from '../../model/model.ts';
import { type OpenRow, openSingleton } from '../../model/rows/open-row.ts';
import type { OpenTable } from '../../model/rows/open-table.ts';
import { fieldNamed } from '../../model/values/fields.ts';
import type { Draft } from '../../store/draft.ts';
import { TimeSlice } from '../../time/time-slice.ts';
import { type ApiError, errorOf, malformed, type Place } from '../answer.ts';
import { isRowInput, type RowInput } from './input.ts';
import { writeField } from './write-field.ts';

/** The member of a row that holds its key; undefined: its table has no keys. */
export function keyMember({ key }: Table): 'name' | 'id' | undefined {
  if (key === undefined) return undefined;
  return key.kind === 'number' ? 'id' : 'name';
}

/** The key that a row says that it has; undefined: it says none. */
export function keyIn(table: Table, input: RowInput): string | undefined {
  const member = keyMember(table);
  const key = member === undefined ? undefined : input[member];
  return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
}

/** Gives a row the values that a program names, in a draft; a row that is not there is made. Empty: it was done. */
export async function writeRow(
  model: Model,
  over: Draft,
  open: OpenTable,
  key: string,
  input: RowInput,
  path: readonly string[],
): Promise<readonly ApiError[]> {
  const edited =
    open.table.key === undefined
      ? { opened: openSingleton(over, open.table, open.parent) }
      : edit(model, over, open, key);
  if ('fault' in edited) return [errorOf(edited.fault, { path, field: keyMember(open.table) })];
  const { opened } = edited;
  const errors: ApiError[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (name !== keyMember(open.table)) errors.push(...(await writeMember(model, opened, name, value, path)));
  }
  return errors.length > 0 ? errors : faultsAt(close(model, opened, over), { path });
}

async function writeMember(
  model: Model,
  opened: OpenRow,
  name: string,
  value: unknown,
  path: readonly string[],
): Promise<readonly ApiError[]> {
  const table = opened.table.tables.get(name);
  if (table !== undefined) return await writeRows(model, opened, table, value, [...path, name]);
  const field = fieldNamed(opened.table, name);
  if ('fault' in field) return [errorOf(field.fault, { path, field: name })];
  return faultsAt(await writeField(model, opened, field, value), { path, field });
}

/** Makes a list the whole of a sub-table. */
async function writeRows(
  model: Model,
  { row: parent, draft }: OpenRow,
  table: Table,
  value: unknown,
  path: readonly string[],
): Promise<readonly ApiError[]> {
  const open = { table, parent };
  if (table.key === undefined) {
    return isRowInput(value)
      ? await writeRow(model, draft, open, '', value, path)
      : [malformed('an object', path)];
  }
  if (!Array.isArray(value)) return [malformed('a list of rows', path)];
  const rows: { readonly key: string; readonly input: RowInput }[] = [];
  for (const [index, input] of value.entries()) {
    if (!isRowInput(input)) return [malformed('a list of rows, each an object', path)];
    // Without keys they are numbered as they stand.
    rows.push({ key: keyIn(table, input) ?? (table.key.kind === 'number' ? `${index + 1}` : ''), input });
  }
  const wanted = new Set(rows.map(({ key }) => key));
  if (wanted.size < rows.length) return [malformed('a list of rows of which no two have one key', path)];
  const errors: ApiError[] = [];
  for (const { key } of draft.rows(table.id, parent)) {
    if (!wanted.has(key)) errors.push(...faultsAt(remove(model, draft, open, key), { path }));
  }
  const slice = new TimeSlice();
  for (const { key, input } of rows) {
    errors.push(...(await writeRow(model, draft, open, key, input, [...path, key])));
    if (slice.isOver) await slice.renew();
  }
  if (errors.length === 0) {
    const ids = rows.flatMap(({ key }) => draft.find(table.id, parent, key) ?? []);
    if (ids.length === draft.rows(table.id, parent).length) arrange(draft, { ...open, ids });
  }
  return errors;
}

export function faultsAt(faults: readonly ModelFault[], place: Place): readonly ApiError[] {
  return faults.map((fault) => errorOf(fault, place));
}
