import type { Content, Item, RowId } from '../../schemas/content.ts';
import type { StoredChange } from './database-file.ts';

export type ModelItem = number | string | { readonly uid: number };
export type ModelContent = ModelItem | readonly ModelItem[];

/** What a row of the model is, whatever the store calls it. */
export type ModelRow = {
  readonly uid: number;
  readonly table: string;
  readonly parent: number | null;
  key: string;
  readonly fields: Map<string, ModelContent>;
};

/** A configuration as a plain list; rows of one table stand in it in their order. */
export class Model {
  rows: ModelRow[] = [];
  /** Rows that were put in another place since the last commit. */
  readonly moved = new Set<number>();

  copy(): Model {
    const copy = new Model();
    copy.rows = this.rows.map((row) => ({ ...row, fields: new Map(row.fields) }));
    for (const uid of this.moved) copy.moved.add(uid);
    return copy;
  }

  row(uid: number): ModelRow {
    const found = this.rows.find((row) => row.uid === uid);
    if (found === undefined) throw new Error(`no row ${uid}`);
    return found;
  }

  in(table: string, parent: number | null): ModelRow[] {
    return this.rows.filter((row) => row.table === table && row.parent === parent);
  }

  /** The row and all that it holds. */
  within(uid: number): number[] {
    const below = this.rows.filter(({ parent }) => parent === uid);
    return [uid, ...below.flatMap((row) => this.within(row.uid))];
  }

  users(uid: number): { readonly uid: number; readonly field: string }[] {
    return this.rows.flatMap((row) =>
      [...row.fields].flatMap(([field, content]) =>
        [content].flat().some((item) => typeof item === 'object' && item.uid === uid)
          ? [{ uid: row.uid, field }]
          : [],
      ),
    );
  }

  delete(uid: number): void {
    const gone = new Set(this.within(uid));
    this.rows = this.rows.filter((row) => !gone.has(row.uid));
  }

  move(uid: number, side: 'before' | 'after', other: number): void {
    const row = this.row(uid);
    this.moved.add(uid);
    this.rows = this.rows.filter((candidate) => candidate !== row);
    const place = this.rows.indexOf(this.row(other)) + (side === 'after' ? 1 : 0);
    this.rows.splice(place, 0, row);
  }
}

/** What a revision from one model to the other must hold. */
export function modelDifference(before: Model, after: Model, idOf: (uid: number) => RowId): StoredChange[] {
  const uids = new Set([...before.rows, ...after.rows].map(({ uid }) => uid));
  return [...uids].flatMap((uid): StoredChange[] => {
    const old = before.rows.find((row) => row.uid === uid);
    const now = after.rows.find((row) => row.uid === uid);
    const row = now ?? old;
    if (row === undefined) return [];
    const fields: Record<string, readonly [unknown, unknown]> = {};
    for (const field of new Set([...(old?.fields.keys() ?? []), ...(now?.fields.keys() ?? [])])) {
      const [one, other] = [old?.fields.get(field), now?.fields.get(field)];
      if (identity(one) !== identity(other))
        fields[field] = [asContent(one, idOf) ?? null, asContent(other, idOf) ?? null];
    }
    const moved = after.moved.has(uid) && isReordered(before, after, row);
    const isSame = old?.key === now?.key && !moved && Object.keys(fields).length === 0;
    if (isSame) return [];
    const { table: path, parent } = row;
    return [
      {
        row: idOf(uid),
        path,
        parent: parent === null ? null : idOf(parent),
        before: old?.key ?? null,
        after: now?.key ?? null,
        moved: Number(moved),
        fields,
      },
    ];
  });
}

/** Whether rows that are in the table before and after stand in another order there. */
function isReordered(before: Model, after: Model, { table, parent }: ModelRow): boolean {
  const [old, now] = [before.in(table, parent), after.in(table, parent)].map((rows) =>
    rows.map(({ uid }) => uid),
  );
  const [stayed, staying] = [
    old?.filter((uid) => now?.includes(uid)),
    now?.filter((uid) => old?.includes(uid)),
  ];
  return JSON.stringify(stayed) !== JSON.stringify(staying);
}

function identity(content: ModelContent | undefined): string {
  return JSON.stringify(content) ?? '';
}

function isList(content: ModelContent | undefined): content is readonly ModelItem[] {
  return Array.isArray(content);
}

/** A field of the model as the store holds it. */
export function asContent(
  content: ModelContent | undefined,
  idOf: (uid: number) => RowId,
): Content | undefined {
  const asItem = (item: ModelItem): Item => (typeof item === 'object' ? { target: idOf(item.uid) } : item);
  if (content === undefined) return undefined;
  return isList(content) ? content.map(asItem) : asItem(content);
}
