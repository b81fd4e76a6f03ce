import { changeTable } from '../change.ts';
import { done } from '../context.ts';
import { removeRow } from '../removal.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'purge',
  help: 'Remove every entry of the table',
  levels: ['table'],
  changes: true,
  run(context, { span }) {
    const level = context.levels.table;
    if (level === undefined) return done;
    const { table, parent } = level;
    return changeTable(context, (draft) =>
      draft
        .rows(table.id, parent)
        .filter((row) => !row.predefined)
        .flatMap((row) => removeRow(context, draft, table, row, span)),
    );
  },
});
