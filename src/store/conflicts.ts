import type { Database } from 'better-sqlite3';
import { type RowId, targetsOf } from '../../schemas/content.ts';
import type { Draft, RowChange } from './draft.ts';
import type { Stored } from './stored.ts';

/** What another author has committed, since a row was opened, that stands against the changes that are pending for it. */
export type Conflict = {
  readonly table: string;
  /** As it is called now; of a row that is gone, as it was. */
  readonly key: string;
  /** What it was called when it was opened, where somebody else has renamed it since. */
  readonly formerly?: string;
  /** The field that both have changed, or the one that refers to a row that is gone. Absent: the row as a whole. */
  readonly field?: string;
  readonly what: 'changed' | 'renamed' | 'moved' | 'deleted' | 'created' | 'in-use';
  /** Who did it; '' where that can't be told. */
  readonly author: string;
};

type Later = {
  author: string;
  isRenamed: number;
  /** It was put elsewhere in the order. */
  moved: number;
  /** Nobody has changed it: it has made room for others. */
  isUntouched: number;
  fields: string;
};

/** Compares a draft with what has been committed since its rows were opened. */
export function findConflicts(database: Database, stored: Stored, draft: Draft): Conflict[] {
  const now = stored.revision;
  const statement = database.prepare<[number, number], Later>(
    `SELECT author, moved, fields, old_key IS NOT NULL AND new_key IS NOT NULL AND old_key <> new_key AS isRenamed,
       moved = 0 AND old_key IS new_key AND fields = '{}' AS isUntouched
     FROM change JOIN revision ON revision.id = change.revision WHERE change.row = ? AND change.revision > ? ORDER BY change.revision DESC`,
  );
  const later = (row: RowId, since: number): Later[] =>
    statement.all(row, since).filter(({ isUntouched }) => isUntouched === 0);
  const heldBy = database.prepare<[RowId], RowId>('SELECT id FROM row WHERE parent = ?').pluck();
  return [...draft.changes]
    .filter((change) => change.since < now && !(change.created && change.deleted))
    .flatMap((change) => {
      const conflicts = [
        ...rowConflicts(change, stored, draft, later),
        ...(change.deleted && stored.row(change.id) !== undefined
          ? lostWith(change, draft, heldBy.all(change.id), later)
          : []),
        ...fieldConflicts(change, stored, later),
      ];
      return conflicts.map((conflict) => ({ ...conflict, ...namesOf(change, stored) }));
    });
}

/** Somebody else may have renamed it; of whoever has renamed it themselves is not known what it was. */
function namesOf({ id, key, renamed }: RowChange, stored: Stored): Pick<Conflict, 'key' | 'formerly'> {
  const now = stored.row(id)?.key ?? key;
  return now === key || renamed ? { key: now } : { key: now, formerly: key };
}

type LaterChanges = (row: RowId, since: number) => Later[];

function rowConflicts(change: RowChange, stored: Stored, draft: Draft, later: LaterChanges): Conflict[] {
  const { id, table, parent, key, since } = change;
  const conflict = (what: Conflict['what'], row: RowId): Conflict[] => [
    { table, key, what, author: later(row, since)[0]?.author ?? '' },
  ];
  if (change.deleted) {
    const [use] = draft.users(id);
    return use === undefined ? [] : conflict('in-use', use.row);
  }
  if (!change.created && stored.row(id) === undefined) return conflict('deleted', id);
  const renamer = change.renamed ? later(id, since).find(({ isRenamed }) => isRenamed !== 0) : undefined;
  if (renamer !== undefined) return [{ table, key, what: 'renamed', author: renamer.author }];
  const mover = draft.moved.has(id) ? later(id, since).find(({ moved }) => moved !== 0) : undefined;
  if (mover !== undefined) return [{ table, key, what: 'moved', author: mover.author }];
  const holder = stored.find(table, parent, key);
  const replaced = holder !== undefined && holder !== id && draft.find(table, parent, key) === id;
  return replaced && draft.row(holder) !== undefined ? conflict('created', holder) : [];
}

/** What others have put into a row that is to go, or made of it: `held` are the rows that it holds now. */
function lostWith(
  { id, table, key, since }: RowChange,
  draft: Draft,
  held: readonly RowId[],
  later: LaterChanges,
): Conflict[] {
  const changed = later(id, since);
  const added = held.filter((row) => draft.row(row) !== undefined).flatMap((row) => later(row, since));
  const [first] = [...changed, ...added];
  return first === undefined ? [] : [{ table, key, what: 'changed', author: first.author }];
}

function fieldConflicts(change: RowChange, stored: Stored, later: LaterChanges): Conflict[] {
  const { id, table, key, since } = change;
  const lost = [...change.fields].flatMap(([field, content]): Conflict[] => {
    const gone = targetsOf(content).find((target) => target > 0 && stored.row(target) === undefined);
    if (gone === undefined) return [];
    return [{ table, key, field, what: 'deleted', author: later(gone, since)[0]?.author ?? '' }];
  });
  // Of a row that is gone that is said, and all of its fields went with it.
  if (change.created || change.deleted || stored.row(id) === undefined) return lost;
  const changed = new Map<string, Conflict>();
  for (const { author, fields } of later(id, since)) {
    const theirs: Record<string, unknown> = JSON.parse(fields);
    for (const field of change.fields.keys()) {
      if (field in theirs && !changed.has(field))
        changed.set(field, { table, key, field, what: 'changed', author });
    }
  }
  return [...lost, ...changed.values()];
}
