import { clone } from '../../model/changes/clone.ts';
import { spanned } from '../faults/spanned.ts';
import { defineVerb } from '../language/verb.ts';
import { changeTable } from '../session/change-table.ts';
import { pairSuggestions } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'clone',
  help: 'Copy an entry under a new name',
  levels: ['table'],
  changes: true,
  suggest: (position, words, prefix) => pairSuggestions(position, words, prefix),
  run: (context, { from, to }) =>
    changeTable(context, (draft, table) =>
      spanned(clone(context.model, draft, table, from.text, to.text), { key: from, name: to }),
    ),
});
