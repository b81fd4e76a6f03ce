import type { Word } from '../../../grammar/word.ts';
import type { Field } from '../../../schemas/table.ts';
import { listItems } from '../../model/changes/lists.ts';
import type { ModelFaults } from '../../model/fault.ts';
import type { Model } from '../../model/model.ts';
import type { OpenRow } from '../../model/rows/open-row.ts';
import { itemText } from '../../store/view.ts';
import { done, type Faults } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import type { Context } from '../session/context.ts';
import { resolveList } from './fields.ts';

type Statement = { readonly field: Word; readonly values?: readonly Word[] };

/** Does something with the list of the open row that a statement names. */
export function changeList(
  { levels: { row: level }, model }: Context,
  { field, values = [] }: Statement,
  change: (model: Model, level: OpenRow, list: Field) => ModelFaults,
): Faults {
  if (level === undefined) return done;
  const resolved = resolveList(level.table, field);
  if ('fault' in resolved) return [resolved.fault];
  const faults = change(model, level, resolved.found);
  if (faults.length > 0) level.failed.add(resolved.found.name);
  return spanned(faults, { field, values });
}

/** What a list holds, each item as it is written. */
export function listTexts(level: OpenRow, field: Field): string[] {
  return listItems(level, field).map((item) => itemText(level.draft, item));
}
