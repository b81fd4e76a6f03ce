import type { Steps } from '../../time/time-slice.ts';
import {
  describeShared,
  type Image,
  isSharedList,
  linkedRows,
  placeOf,
  type SharedContent,
  type SharedItem,
  type SharedRow,
  sameShared,
  scopeOf,
} from './image.ts';

export type Merged = { readonly image: Image } | { readonly conflicts: readonly string[] };

type Rows = ReadonlyMap<string, SharedRow>;

/** Rows that are compared before others may have a turn. */
const rowsInAStep = 256;

/**
 * What was changed here and what was changed elsewhere since both had `base`, in one. Two that have changed the same
 * field, row or order are in conflict, which names it for a person; two who have done the same are not.
 */
export function* merge(base: Image, mine: Image, theirs: Image): Steps<Merged> {
  const before = byId(base);
  const here = byId(aligned(before, mine, theirs));
  const there = byId(theirs);
  const conflicts: string[] = [];
  const conflict = (row: SharedRow, what: string): void => {
    const rows = here.has(row.id) ? here : there;
    conflicts.push(`${describeShared(row, rows)}${what}`);
  };
  const merged = new Map<string, SharedRow>();
  let count = 0;
  for (const id of new Set([...there.keys(), ...here.keys()])) {
    const row = mergedRow(before.get(id), here.get(id), there.get(id), conflict);
    if (row !== undefined) merged.set(id, row);
    count += 1;
    if (count % rowsInAStep === 0) yield;
  }
  const places = new Map<string, string>();
  for (const row of merged.values()) {
    const place = placeOf(row);
    if (places.has(place)) conflict(row, '');
    places.set(place, row.id);
    const missing = [row.parent ?? row.id, ...linkedRows(row)].filter((id) => !merged.has(id));
    if (missing.length > 0) conflict(row, '');
  }
  yield;
  const image = ordered(merged, [before, here, there], (rows) => {
    const [first] = rows;
    if (first !== undefined) conflict(first, ', the order');
  });
  return conflicts.length > 0 ? { conflicts: [...new Set(conflicts)] } : { image };
}

function byId(image: Image): Rows {
  return new Map(image.map((row) => [row.id, row]));
}

/** Where both have added a row of the same name, it is one: that of this node takes the id of theirs. */
function aligned(before: Rows, mine: Image, theirs: Image): Image {
  const added = new Map(theirs.filter(({ id }) => !before.has(id)).map((row) => [placeOf(row), row.id]));
  if (added.size === 0) return mine;
  const theirIds = new Set(theirs.map(({ id }) => id));
  const renamed = new Map<string, string>();
  const idOf = (id: string): string => renamed.get(id) ?? id;
  const moved = mine.map((row) => {
    const parent = row.parent === null ? null : idOf(row.parent);
    const known = before.has(row.id) || theirIds.has(row.id);
    const id = known ? row.id : (added.get(placeOf({ ...row, parent })) ?? row.id);
    if (id !== row.id) renamed.set(row.id, id);
    return { ...row, id, parent };
  });
  if (renamed.size === 0) return mine;
  const linkedItem = (item: SharedItem): SharedItem =>
    typeof item === 'object' && 'row' in item ? { row: idOf(item.row) } : item;
  const linked = (content: SharedContent): SharedContent =>
    isSharedList(content) ? content.map(linkedItem) : linkedItem(content);
  return moved.map((row) => ({
    ...row,
    fields: Object.fromEntries(Object.entries(row.fields).map(([name, content]) => [name, linked(content)])),
  }));
}

function mergedRow(
  before: SharedRow | undefined,
  mine: SharedRow | undefined,
  theirs: SharedRow | undefined,
  conflict: (row: SharedRow, what: string) => void,
): SharedRow | undefined {
  if (sameRow(mine, theirs) || sameRow(before, mine)) return theirs;
  if (sameRow(before, theirs)) return mine;
  const row = mine ?? theirs;
  if (mine === undefined || theirs === undefined) {
    if (row !== undefined) conflict(row, '');
    return row;
  }
  const names = new Set([...Object.keys(mine.fields), ...Object.keys(theirs.fields)]);
  const fields: Record<string, SharedContent> = {};
  for (const name of names) {
    const [old, here, there] = [before?.fields[name], mine.fields[name], theirs.fields[name]];
    const content = sameShared(old, here) ? there : here;
    if (!sameShared(here, there) && !sameShared(old, here) && !sameShared(old, there))
      conflict(mine, `, ${name}`);
    if (content !== undefined) fields[name] = content;
  }
  if (mine.key !== theirs.key && mine.key !== before?.key && theirs.key !== before?.key)
    conflict(mine, ', its name');
  return { ...mine, key: mine.key === before?.key ? theirs.key : mine.key, fields };
}

function sameRow(one: SharedRow | undefined, other: SharedRow | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const names = Object.keys(one.fields);
  return (
    one.key === other.key &&
    names.length === Object.keys(other.fields).length &&
    names.every((name) => sameShared(one.fields[name], other.fields[name]))
  );
}

/** `merged` in the order of whoever has changed that. */
function ordered(
  merged: Rows,
  [before, here, there]: readonly [Rows, Rows, Rows],
  conflict: (rows: readonly SharedRow[]) => void,
): Image {
  const [old, mine, theirs] = [inScopes(before), inScopes(here), inScopes(there)];
  const scopes = new Set([...theirs.keys(), ...mine.keys()]);
  return [...scopes].flatMap((scope) => {
    const [was, one, other] = [old.get(scope) ?? [], mine.get(scope) ?? [], theirs.get(scope) ?? []];
    const common = new Set(was).intersection(new Set(one)).intersection(new Set(other));
    const sequence = (ids: readonly string[]): string => ids.filter((id) => common.has(id)).join(' ');
    const [first, second, third] = [sequence(was), sequence(one), sequence(other)];
    const isMine = first !== second;
    if (isMine && first !== third && second !== third) conflict(one.flatMap((id) => here.get(id) ?? []));
    const ids = isMine ? withOthers(one, other) : withOthers(other, one);
    return ids.flatMap((id) => merged.get(id) ?? []);
  });
}

/** Those of the second that the first lacks stand behind whom they stand behind there. */
function withOthers(first: readonly string[], second: readonly string[]): readonly string[] {
  const known = new Set(first);
  const behind = new Map<string, string[]>();
  let last = '';
  for (const id of second) {
    if (known.has(id)) last = id;
    else pushed(behind, last, id);
  }
  return [...(behind.get('') ?? []), ...first.flatMap((id) => [id, ...(behind.get(id) ?? [])])];
}

function pushed(lists: Map<string, string[]>, at: string, id: string): void {
  const list = lists.get(at);
  if (list === undefined) lists.set(at, [id]);
  else list.push(id);
}

function inScopes(rows: Rows): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...Map.groupBy(rows.values(), scopeOf)].map(([scope, some]) => [scope, some.map(({ id }) => id)]),
  );
}
