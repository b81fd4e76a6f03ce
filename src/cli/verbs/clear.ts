import { clear } from '../../model/changes/lists.ts';
import { defineVerb } from '../language/verb.ts';
import { listSuggestions } from '../typing/suggestion.ts';
import { changeList } from '../words/lists.ts';

export default defineVerb({
  verb: 'clear',
  help: 'Empty a list',
  levels: ['row', 'singleton'],
  changes: true,
  lists: true,
  suggest: ({ levels: { row } }, words) =>
    row === undefined || words.length > 0 ? [] : listSuggestions(row.table),
  run: (context, statement) =>
    changeList(context, statement, (model, level, list) => clear(model, level, list.name)),
});
