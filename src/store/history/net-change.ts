import { concealed } from '../../../schemas/concealed.ts';
import { type Content, type RowId, sameContent } from '../../../schemas/content.ts';
import type { Contents } from '../difference.ts';

/** What one revision has done to one row, as it is stored. */
export type ChangeRecord = {
  readonly revision: number;
  readonly row: RowId;
  readonly path: string;
  readonly parent: RowId | null;
  readonly old_key: string | null;
  readonly new_key: string | null;
  readonly moved: number;
  readonly old_position: number | null;
  readonly new_position: number | null;
  readonly fields: string;
};

/** A row at one time; null: it is not there, or its position is what it is at all times. */
type State = { readonly key: string | null; readonly position: number | null };

/** What is to be done to one row to come from one revision to another. */
export type NetChange = {
  readonly row: RowId;
  readonly path: string;
  readonly parent: RowId | null;
  readonly from: State;
  readonly to: State;
  readonly fields: ReadonlyMap<string, Contents>;
};

/** Adds what a later revision has done. */
export function combine(net: Map<RowId, NetChange>, record: ChangeRecord): void {
  const { row, path, parent } = record;
  const known = net.get(row);
  const old: State = { key: record.old_key, position: record.old_position };
  const stands = record.new_position ?? known?.to.position ?? null;
  const to: State = { key: record.new_key, position: record.new_key === null ? null : stands };
  const from = known === undefined ? old : { ...known.from, position: known.from.position ?? old.position };
  net.set(row, { row, path, parent, from, to, fields: combinedFields(known?.fields, fieldsOf(record)) });
}

function combinedFields(
  before: ReadonlyMap<string, Contents> | undefined,
  later: ReadonlyMap<string, Contents>,
): ReadonlyMap<string, Contents> {
  if (before === undefined) return later;
  const fields = new Map(before);
  for (const [field, [old, now]] of later) {
    const [first] = fields.get(field) ?? [old];
    // Of a secret nobody knows whether it is the one that it was.
    if (now !== concealed && sameContent(first, now)) fields.delete(field);
    else fields.set(field, [first, now]);
  }
  return fields;
}

function fieldsOf({ fields }: ChangeRecord): ReadonlyMap<string, Contents> {
  const stored: Record<string, readonly [Content | null, Content | null]> = JSON.parse(fields);
  return new Map(
    Object.entries(stored).map(([field, [old, now]]) => [field, [old ?? undefined, now ?? undefined]]),
  );
}

/** The way back. */
export function reversed(net: ReadonlyMap<RowId, NetChange>): ReadonlyMap<RowId, NetChange> {
  return new Map([...net].map(([row, change]) => [row, reverse(change)]));
}

function reverse({ from, to, fields, ...rest }: NetChange): NetChange {
  const turned = [...fields].map(([field, [old, now]]): [string, Contents] => [field, [now, old]]);
  return { ...rest, from: to, to: from, fields: new Map(turned) };
}
