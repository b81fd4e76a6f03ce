import { defineVerb, type StatementOf } from '../language/verb.ts';
import { changeTable } from '../rows/change.ts';
import { removeRow } from '../rows/removal.ts';
import { type Context, done, type Faults } from '../session/context.ts';
import type { TableLevel } from '../session/levels.ts';

export default defineVerb({
  verb: 'purge',
  help: 'Remove every entry of the table',
  levels: ['table'],
  changes: true,
  run(context, statement): Faults | Promise<Faults> {
    const level = context.levels.table;
    if (level === undefined) return done;
    return context.person === undefined
      ? purge(context, level, statement)
      : confirmed(context, level, statement);
  },
});

async function confirmed(
  context: Context,
  level: TableLevel,
  statement: StatementOf<'purge'>,
): Promise<Faults> {
  const count = context.levels.view
    .rows(level.table.id, level.parent)
    .filter((row) => !row.predefined).length;
  if (count === 0) return done;
  const entries = count === 1 ? 'the only entry' : `all ${count} entries`;
  const message = `Remove ${entries} of ${level.table.id}?`;
  const answer = await context.person?.ask({ kind: 'confirm', message });
  return answer === 'yes' ? purge(context, level, statement) : done;
}

function purge(context: Context, { table, parent }: TableLevel, { span }: StatementOf<'purge'>): Faults {
  return changeTable(context, (draft) =>
    draft
      .rows(table.id, parent)
      .filter((row) => !row.predefined)
      .flatMap((row) => removeRow(context, draft, row, span)),
  );
}
