import type { Catalogue } from '../../../../schemas/catalogue.ts';
import { type Content, type RowId, sameContent } from '../../../../schemas/content.ts';
import type { Field, Table } from '../../../../schemas/table.ts';
import type { Draft, RowChange } from '../../../store/draft.ts';

/** A field whose value a draft changes; undefined: it is not set. */
export type FieldDifference = {
  readonly field: Field;
  readonly before: Content | undefined;
  readonly after: Content | undefined;
};

/** A place right before or after another row. */
export type Place = { readonly side: 'before' | 'after'; readonly key: string };

/** A row that a draft makes, changes or removes, or one that only holds such rows. */
export type RowDifference = {
  readonly id: RowId;
  readonly kind: 'created' | 'changed' | 'deleted';
  /** '' for a singleton. */
  readonly key: string;
  /** Its name before it was renamed. */
  readonly formerKey: string | undefined;
  /** Where it was put in the order of its table. */
  readonly moved: Place | undefined;
  /** How many rows stand before one that was moved. */
  readonly index: number;
  readonly fields: readonly FieldDifference[];
  readonly tables: readonly TableDifference[];
};

/** In an order in which they can be entered: removals of what other rows need come last. */
export type TableDifference = { readonly table: Table; readonly rows: readonly RowDifference[] };

/**
 * What a draft changes of the view below it, by table; tables in the order of dependency.
 *
 * @param only the one top-level row that is looked at
 */
export function differenceOf(
  { tables }: Catalogue,
  draft: Draft,
  isShown: (table: Table) => boolean,
  only?: RowId,
): TableDifference[] {
  const changes = new Map<string, RowId[]>();
  const seen = new Set<RowId>();
  for (const change of draft.changes) if (draft.alters(change)) note(change.id);
  return differencesIn(tables.filter(isShown), null);

  /** A row stands in its table, and all that hold it in theirs. */
  function note(id: RowId): void {
    const { table, parent } = draft.changeOf(id) ?? draft.row(id) ?? draft.base.row(id) ?? {};
    if (table === undefined || parent === undefined || seen.has(id)) return;
    seen.add(id);
    if (parent !== null) note(parent);
    const scope = `${table} ${parent}`;
    const known = changes.get(scope);
    if (known === undefined) changes.set(scope, [id]);
    else known.push(id);
  }

  function differencesIn(among: Iterable<Table>, parent: RowId | null): TableDifference[] {
    return [...among].flatMap((table) => {
      const ids = changes.get(`${table.id} ${parent}`) ?? [];
      const looked = only === undefined || parent !== null ? ids : ids.filter((id) => id === only);
      const rows = looked.flatMap((id) => rowDifference(table, id));
      return rows.length === 0 ? [] : [{ table, rows }];
    });
  }

  function rowDifference(table: Table, id: RowId): RowDifference[] {
    const change = draft.changeOf(id);
    const before = draft.base.row(id);
    const after = draft.row(id);
    const key = after?.key ?? before?.key ?? '';
    const formerKey = change?.renamed && before !== undefined ? before.key : undefined;
    if (after === undefined) return [{ ...nothing, id, kind: 'deleted', key }];
    const fields = fieldDifferences(table, change, before?.fields, after.fields);
    const below = differencesIn(table.tables.values(), id);
    const { index, place: moved } = draft.moved.has(id) ? placeOf(table, after.parent, id) : unmoved;
    const isSame = fields.length === 0 && below.length === 0 && formerKey === undefined;
    if (before !== undefined && isSame && moved === undefined) return [];
    const kind = before === undefined && table.key !== undefined ? 'created' : 'changed';
    return [{ id, kind, key, formerKey, moved, index, fields, tables: below }];
  }

  /** Rows that are moved are put in their places from the first to the last: what precedes each stands by then. */
  function placeOf(table: Table, parent: RowId | null, id: RowId): Moved {
    const rows = draft.rows(table.id, parent);
    const index = rows.findIndex((row) => row.id === id);
    const before = rows[index - 1];
    if (before !== undefined) return { index, place: { side: 'after', key: before.key } };
    const after = rows.find((row, at) => at > index && !draft.moved.has(row.id)) ?? rows[index + 1];
    return { index, place: after && { side: 'before', key: after.key } };
  }
}

type Moved = { readonly index: number; readonly place: Place | undefined };

const unmoved: Moved = { index: 0, place: undefined };

const nothing = { formerKey: undefined, moved: undefined, index: 0, fields: [], tables: [] } as const;

/** Fields in the order in which they are printed; what is in force counts, and not whether it was said. */
function fieldDifferences(
  table: Table,
  change: RowChange | undefined,
  before: ReadonlyMap<string, Content> | undefined,
  after: ReadonlyMap<string, Content>,
): FieldDifference[] {
  if (change === undefined) return [];
  return [...table.fields.values()].flatMap((field) => {
    const [was, is] = [before?.get(field.name), after.get(field.name)];
    const { default: standard } = field.meta;
    return !change.fields.has(field.name) || sameContent(was ?? standard, is ?? standard)
      ? []
      : [{ field, before: was, after: is }];
  });
}
