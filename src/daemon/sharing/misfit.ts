import type { Catalogue } from '../../../schemas/catalogue.ts';
import { emptyFields } from '../../model/changes/close.ts';
import { describeRow } from '../../model/rows/describe-row.ts';
import type { Draft, RowChange } from '../../store/draft.ts';
import { misfitOfRow } from '../../store/fit.ts';
import type { Steps } from '../../time/time-slice.ts';

/** Rows that are looked at before others may have a turn. */
const rowsInAStep = 128;

/** The first thing, for a person, that the schemas refuse of what a draft makes, whoever has made it. Undefined: there is none. */
export function* misfitOf(catalogue: Catalogue, draft: Draft): Steps<string | undefined> {
  const counted = new Set<string>();
  let count = 0;
  for (const change of draft.changes) {
    const misfit = misfitOfChange(catalogue, draft, change) ?? tooMany(catalogue, draft, change, counted);
    if (misfit !== undefined) return misfit;
    count += 1;
    if (count % rowsInAStep === 0) yield;
  }
  return undefined;
}

/** `counted`: tables, or parts of them, that were looked at already. */
function tooMany(
  catalogue: Catalogue,
  draft: Draft,
  { table: id, parent, created }: RowChange,
  counted: Set<string>,
): string | undefined {
  const { limit } = catalogue.tableOf(id);
  const scope = `${id} ${parent}`;
  if (!created || !Number.isFinite(limit) || counted.has(scope)) return undefined;
  counted.add(scope);
  return draft.rows(id, parent).length > limit ? `${id}: more than ${limit} entries` : undefined;
}

function misfitOfChange(catalogue: Catalogue, draft: Draft, change: RowChange): string | undefined {
  const { id, created, renamed, deleted } = change;
  const table = catalogue.tableOf(change.table);
  if (deleted) {
    const [use] = draft.users(id);
    const user = use === undefined ? '' : describeRow(catalogue, draft, use.row);
    return use === undefined
      ? undefined
      : `${describeRow(catalogue, draft.base, id)}: ${user} of this node names it`;
  }
  const row = draft.row(id);
  if (row === undefined) return undefined;
  const misfit = misfitOfRow(catalogue, draft, row);
  if (misfit !== undefined) return misfit;
  const named = describeRow(catalogue, draft, id);
  const [empty] = emptyFields({ table, row: id, draft });
  if (empty !== undefined) return `${named}: ${empty.word} is not set`;
  const namesake =
    created || renamed
      ? catalogue.namesakes(table).find((other) => draft.find(other.id, null, row.key) !== undefined)
      : undefined;
  return namesake === undefined ? undefined : `${named}: ${namesake.id} has an entry of that name`;
}
