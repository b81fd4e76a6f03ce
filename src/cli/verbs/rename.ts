import { changeTable } from '../change.ts';
import { done } from '../context.ts';
import { existingRow, newKey } from '../keys.ts';
import { pairSuggestions } from '../suggestion.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'rename',
  help: 'Give an entry another name; what refers to it follows',
  levels: ['table'],
  changes: true,
  suggest: (place, words, prefix) => pairSuggestions(place, words, prefix),
  run(context, { from, to }) {
    const level = context.levels.table;
    if (level === undefined) return done;
    return changeTable(context, (draft) => {
      const found = existingRow(context, draft, level.table, level.parent, from);
      if ('fault' in found) return [found.fault];
      if (found.row.predefined) {
        return [{ error: 'read-only', word: from.text, span: from.span, expected: 'an entry of your own' }];
      }
      const target = newKey(context, draft, level, to);
      if ('fault' in target) return [target.fault];
      draft.rename(found.id, target.key);
      return done;
    });
  },
});
