import type { Word } from '../../../grammar/statement.ts';
import type { Table } from '../../../schemas/table.ts';
import type { Draft } from '../../store/draft.ts';
import type { Row } from '../../store/view.ts';
import { type Context, done, type Faults } from '../session/context.ts';
import { changeTable } from './change.ts';
import { existingRow, newKey } from './keys.ts';

type Pair = { readonly from: Word; readonly to: Word };

/** Does something with a row of the table and a name that is free there: what `rename` and `clone` share. */
export function changePair(
  context: Context,
  { from, to }: Pair,
  change: (draft: Draft, table: Table, row: Row, key: string) => Faults,
): Faults {
  const level = context.levels.table;
  if (level === undefined) return done;
  return changeTable(context, (draft) => {
    const found = existingRow(context, draft, level.table, level.parent, from);
    if ('fault' in found) return [found.fault];
    const target = newKey(context, draft, level, to);
    return 'fault' in target ? [target.fault] : change(draft, level.table, found.row, target.key);
  });
}
