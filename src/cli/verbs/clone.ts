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
  entries: true,
  suggest: (position, words, prefix) => pairSuggestions(position, words, prefix),
  run: (context, { from, to }) =>
    changeTable(context, (draft, { table, ...open }) => {
      const faults = clone(context.model, draft, { table, ...open }, from.text, to.text);
      const differing = Object.entries(table.cloned).map(([field, value]) => `set ${field} ${value}`);
      if (faults.length === 0 && differing.length > 0)
        context.person?.remark(`the copy has "${differing.join('", "')}"`);
      return spanned(faults, { key: from, name: to });
    }),
});
