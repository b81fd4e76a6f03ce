import { rename } from '../../model/changes/rename.ts';
import { spanned } from '../faults/spanned.ts';
import { defineVerb } from '../language/verb.ts';
import { changeTable } from '../session/change-table.ts';
import { pairSuggestions } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'rename',
  help: 'Give an entry another name; what refers to it follows',
  levels: ['table'],
  changes: true,
  entries: true,
  suggest: (position, words, prefix) => pairSuggestions(position, words, prefix),
  run: (context, { from, to }) =>
    changeTable(context, (draft, table) =>
      spanned(rename(context.model, draft, table, from.text, to.text), { key: from, name: to }),
    ),
});
