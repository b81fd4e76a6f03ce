import { defineVerb } from '../language/verb.ts';
import { changeTable } from '../rows/change.ts';
import { existingRow } from '../rows/keys.ts';
import { removeRow } from '../rows/removal.ts';
import { done } from '../session/context.ts';
import { existingKeys } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'delete',
  help: 'Remove an entry',
  levels: ['table'],
  changes: true,
  suggest: (place, words, prefix) => (words.length === 0 ? existingKeys(place, prefix) : []),
  run(context, { key }) {
    const level = context.levels.table;
    if (level === undefined) return done;
    return changeTable(context, (draft) => {
      const found = existingRow(context, draft, level.table, level.parent, key);
      return 'fault' in found ? [found.fault] : removeRow(context, draft, found.row, key.span);
    });
  },
});
