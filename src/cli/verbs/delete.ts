import { changeTable } from '../change.ts';
import { done } from '../context.ts';
import { existingRow } from '../keys.ts';
import { removeRow } from '../removal.ts';
import { existingKeys } from '../suggestion.ts';
import { defineVerb } from '../verb.ts';

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
