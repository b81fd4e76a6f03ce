import { Draft } from '../../store/draft.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Context } from './context.ts';
import type { TableLevel } from './levels.ts';

/**
 * Changes the table where the session stands in a way that needs no `next`: at once in a top-level table, pending in the
 * row around a sub-table.
 */
export function changeTable(
  { levels, changes }: Context,
  change: (draft: Draft, table: TableLevel) => Faults,
): Faults | Promise<Faults> {
  const { table, row: around } = levels;
  if (table === undefined) return done;
  if (around !== undefined) return change(around.draft, table);
  const draft = new Draft(levels.base);
  const faults = change(draft, table);
  return faults.length > 0 ? faults : changes.apply(draft);
}
