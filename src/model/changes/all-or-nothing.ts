import { Draft } from '../../store/draft.ts';
import type { ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import { unwritable } from '../permission.ts';
import type { OpenTable } from '../rows/open-table.ts';

/** Makes a change to a table in a draft, or, where anything is wrong with it, nothing of it. */
export function allOrNothing(
  model: Model,
  draft: Draft,
  { table }: OpenTable,
  change: (upper: Draft) => ModelFaults,
): ModelFaults {
  const forbidden = unwritable(model, table);
  if (forbidden !== undefined) return [forbidden];
  const upper = new Draft(draft);
  const faults = change(upper);
  if (faults.length === 0) draft.merge(upper);
  return faults;
}
