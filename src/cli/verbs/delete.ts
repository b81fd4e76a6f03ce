import { remove } from '../../model/changes/remove.ts';
import { spanned } from '../faults/spanned.ts';
import { defineVerb } from '../language/verb.ts';
import { changeTable } from '../session/change-table.ts';
import { existingKeys } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'delete',
  alsoCalled: ['remove', 'no'],
  help: 'Remove an entry',
  levels: ['table'],
  changes: true,
  entries: true,
  suggest: (position, words, prefix) => (words.length === 0 ? existingKeys(position, prefix) : []),
  run: (context, { key }) =>
    changeTable(context, (draft, table) => spanned(remove(context.model, draft, table, key.text), { key })),
});
