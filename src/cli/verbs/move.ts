import { move } from '../../model/changes/move.ts';
import { spanned } from '../faults/spanned.ts';
import { defineVerb } from '../language/verb.ts';
import { changeTable } from '../session/change-table.ts';
import { choices, existingKeys } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'move',
  help: 'Put an entry before or after another one',
  levels: ['table'],
  changes: true,
  entries: true,
  suggest(position, words, prefix) {
    if (words.length === 1)
      return choices({ before: 'Right before another entry', after: 'Right after another entry' });
    return words.length < 3 ? existingKeys(position, prefix) : [];
  },
  run: (context, { key, side, other }) =>
    changeTable(context, (draft, table) =>
      spanned(move(context.model, draft, table, key.text, side, other.text), { key, other }),
    ),
});
