import { defineVerb } from '../language/verb.ts';
import { changeList, removeItems } from '../rows/lists.ts';
import { presentItemSuggestions, suggestItems } from '../typing/list-suggestion.ts';

export default defineVerb({
  verb: 'unselect',
  help: 'Take entries out of a list',
  levels: ['row', 'singleton'],
  changes: true,
  lists: true,
  suggest: suggestItems(presentItemSuggestions),
  run: (context, { field: name, values }) =>
    changeList(context, name, (level, field) => removeItems(level, field, values)),
});
