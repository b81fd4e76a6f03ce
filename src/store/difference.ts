import { concealed } from '../../schemas/concealed.ts';
import { type Content, type Item, isLink, isList, type RowId, sameContent } from '../../schemas/content.ts';
import type { Scalar, Value } from '../../schemas/field.ts';
import type { Draft, RowChange } from './draft.ts';
import type { Row, View } from './view.ts';

/** Whether a field of a table holds a secret. */
type IsSecret = (table: string, field: string) => boolean;

/** What a field has held and holds; undefined = not set. References are rows, and a secret is concealed. */
export type Contents = readonly [before: Content | undefined, after: Content | undefined];

/** What a draft does to one row, as it is told. References are by name, as they are at that time. */
export type RecordedChange = {
  readonly row: RowId;
  readonly path: string;
  readonly parent: RowId | null;
  /** Its own key; null: it is not there. */
  readonly key: readonly [before: string | null, after: string | null];
  /** It was put in another place in the order of its table. */
  readonly moved: boolean;
  readonly contents: ReadonlyMap<string, Contents>;
  /** Keys from the top-level row down to this one. */
  readonly keys: readonly string[];
  readonly kind: 'created' | 'changed' | 'deleted' | 'renamed' | 'moved';
  /**
   * Field -> [before, after]; null = not set, and a secret is concealed: what is replaced is to be gone. Of a renamed row
   * also its `name`, which no field may be called.
   */
  readonly fields: Readonly<Record<string, readonly [Value | null, Value | null]>>;
};

/** What a draft really changes: a field that is set to what it already holds is no change. */
export function difference(draft: Draft, isSecret: IsSecret): RecordedChange[] {
  const recorded: RecordedChange[] = [];
  const reordered = reorderedIn(draft);
  for (const change of draft.changes) {
    const before = change.created ? undefined : draft.base.row(change.id);
    // Nobody else gets to see it, or someone else has deleted it before.
    if (change.deleted && before === undefined) continue;
    const keyNow = change.renamed && !change.deleted ? change.key : (before?.key ?? change.key);
    const moved = reordered.has(change.id);
    const kind = kindOf(change, before, moved);
    const name = kind === 'renamed' && before !== undefined ? { name: [before.key, keyNow] as const } : {};
    const contents = contentsOf(change, before, isSecret);
    const fields = { ...name, ...namedContents(contents, draft) };
    if (kind === 'changed' && contents.size === 0) continue;
    const { table: path, parent } = change;
    const keys = keysOf({ parent, key: keyNow }, change.deleted ? draft.base : draft);
    const key = [before?.key ?? null, change.deleted ? null : keyNow] as const;
    recorded.push({ row: change.id, path, parent, key, moved, contents, keys, kind, fields });
  }
  return recorded;
}

/** The rows that were moved, of tables whose rows really stand in another order now. */
function reorderedIn(draft: Draft): ReadonlySet<RowId> {
  if (draft.moved.size === 0) return draft.moved;
  const reordered = new Set<RowId>();
  for (const { table, parent, ids } of draft.orders()) {
    const there = new Set(ids);
    const before = draft.base.rows(table, parent).flatMap(({ id }) => (there.has(id) ? [id] : []));
    const known = new Set(before);
    const after = ids.filter((id) => known.has(id));
    if (before.every((id, index) => after[index] === id)) continue;
    for (const id of ids) if (draft.moved.has(id)) reordered.add(id);
  }
  return reordered;
}

function kindOf(change: RowChange, before: Row | undefined, moved: boolean): RecordedChange['kind'] {
  if (change.created) return 'created';
  if (change.deleted) return 'deleted';
  if (change.renamed && before?.key !== change.key) return 'renamed';
  return moved ? 'moved' : 'changed';
}

function keysOf({ parent, key }: Pick<Row, 'parent' | 'key'>, view: View): string[] {
  const above = parent === null ? undefined : view.row(parent);
  return above === undefined ? [key] : [...keysOf(above, view), key];
}

function contentsOf(
  change: RowChange,
  before: Row | undefined,
  isSecret: IsSecret,
): ReadonlyMap<string, Contents> {
  const contents = new Map<string, Contents>();
  const touched = change.deleted ? (before?.fields.keys() ?? []) : change.fields.keys();
  for (const field of touched) {
    const old = before?.fields.get(field);
    const content = change.deleted ? undefined : change.fields.get(field);
    if (sameContent(old, content)) continue;
    const hide = isSecret(change.table, field);
    contents.set(field, hide ? [hidden(old), hidden(content)] : [old, content]);
  }
  return contents;
}

function hidden(content: Content | undefined): Content | undefined {
  return content === undefined ? undefined : concealed;
}

function namedContents(contents: ReadonlyMap<string, Contents>, draft: Draft): RecordedChange['fields'] {
  const fields: Record<string, readonly [Value | null, Value | null]> = {};
  for (const [field, [before, after]] of contents)
    fields[field] = [named(before, draft.base), named(after, draft)];
  return fields;
}

function named(content: Content | undefined, view: View): Value | null {
  if (content === undefined) return null;
  return isList(content) ? content.map((item) => namedItem(item, view) ?? '') : namedItem(content, view);
}

/** Null: the row is gone. */
function namedItem(item: Item, view: View): Scalar | null {
  return isLink(item) ? (view.row(item.target)?.key ?? null) : item;
}
