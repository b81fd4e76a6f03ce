import type { Catalogue } from '../../../schemas/catalogue.ts';
import { emptyFields } from '../../model/changes/close.ts';
import { describeRow } from '../../model/rows/describe-row.ts';
import type { Draft, RowChange } from '../../store/draft.ts';
import { misfitOfRow } from '../../store/fit.ts';

/** The first thing, for a person, that the schemas refuse of what a draft makes, whoever has made it. Undefined: there is none. */
export function misfitOf(catalogue: Catalogue, draft: Draft): string | undefined {
  for (const change of draft.changes) {
    const misfit = misfitOfChange(catalogue, draft, change);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function misfitOfChange(catalogue: Catalogue, draft: Draft, change: RowChange): string | undefined {
  const { id, parent, created, renamed, deleted } = change;
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
  if (created && draft.rows(table.id, parent).length > table.limit)
    return `${named}: more than ${table.limit} entries`;
  const namesake =
    created || renamed
      ? catalogue.namesakes(table).find((other) => draft.find(other.id, null, row.key) !== undefined)
      : undefined;
  return namesake === undefined ? undefined : `${named}: ${namesake.id} has an entry of that name`;
}
