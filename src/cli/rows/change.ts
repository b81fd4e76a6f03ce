import type { Draft } from '../../store/draft.ts';
import { type Context, done, type Faults } from '../session/context.ts';

/** Makes a change to a table that needs no `next`: at once in a top-level table, pending in the row around a sub-table. */
export function changeTable(context: Context, change: (draft: Draft) => Faults): Faults {
  const { levels } = context;
  const draft = levels.draft();
  const faults = change(draft);
  if (faults.length > 0) return faults;
  const around = levels.row;
  if (around === undefined) return context.apply(draft);
  around.draft.merge(draft);
  return done;
}
