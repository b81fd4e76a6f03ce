import { type Content, type Item, isLink, isList, type RowId, sameContent } from '../../schemas/content.ts';
import { concealed, type Scalar, type Value } from '../../schemas/field.ts';
import type { Draft, RowChange } from './draft.ts';
import type { Row, View } from './view.ts';

/** Whether a field of a table holds a secret. */
type IsSecret = (table: string, field: string) => boolean;

/** What a draft does to one row, as a revision records it. References are by name, as they are at that time. */
export type RecordedChange = {
  readonly row: RowId;
  readonly path: string;
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
  for (const change of draft.changes) {
    const before = change.created ? undefined : draft.base.row(change.id);
    const row = change.deleted ? before : draft.row(change.id);
    // Nobody else gets to see it, or someone else has deleted it before.
    if (row === undefined) continue;
    const kind = kindOf(change, before, draft);
    const name = kind === 'renamed' && before !== undefined ? { name: [before.key, row.key] as const } : {};
    const fields = { ...name, ...fieldDifference(change, before, draft, isSecret) };
    if (kind === 'changed' && Object.keys(fields).length === 0) continue;
    const keys = keysOf(row, change.deleted ? draft.base : draft);
    recorded.push({ row: change.id, path: change.table, keys, kind, fields });
  }
  return recorded;
}

function kindOf(change: RowChange, before: Row | undefined, draft: Draft): RecordedChange['kind'] {
  if (change.created) return 'created';
  if (change.deleted) return 'deleted';
  if (change.renamed && before?.key !== change.key) return 'renamed';
  return draft.moved.has(change.id) ? 'moved' : 'changed';
}

function keysOf({ parent, key }: Pick<Row, 'parent' | 'key'>, view: View): string[] {
  const above = parent === null ? undefined : view.row(parent);
  return above === undefined ? [key] : [...keysOf(above, view), key];
}

function fieldDifference(
  change: RowChange,
  before: Row | undefined,
  draft: Draft,
  isSecret: IsSecret,
): RecordedChange['fields'] {
  const fields: Record<string, readonly [Value | null, Value | null]> = {};
  const touched = change.deleted ? (before?.fields.keys() ?? []) : change.fields.keys();
  for (const field of touched) {
    const old = before?.fields.get(field);
    const content = change.deleted ? undefined : change.fields.get(field);
    if (sameContent(old, content)) continue;
    const show = isSecret(change.table, field) ? concealedValue : named;
    fields[field] = [show(old, draft.base), show(content, draft)];
  }
  return fields;
}

function concealedValue(content: Content | undefined): Value | null {
  return content === undefined ? null : concealed;
}

function named(content: Content | undefined, view: View): Value | null {
  if (content === undefined) return null;
  return isList(content) ? content.map((item) => namedItem(item, view) ?? '') : namedItem(content, view);
}

/** Null: the row is gone. */
function namedItem(item: Item, view: View): Scalar | null {
  return isLink(item) ? (view.row(item.target)?.key ?? null) : item;
}
