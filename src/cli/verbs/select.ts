import { defineVerb } from '../language/verb.ts';
import { changeList, replaceItems } from '../rows/lists.ts';
import { newItemSuggestions, suggestItems } from '../typing/list-suggestion.ts';

export default defineVerb({
  verb: 'select',
  help: 'Make these the whole of a list',
  levels: ['row', 'singleton'],
  changes: true,
  lists: true,
  suggest: suggestItems((place, field, typed, prefix) => newItemSuggestions(place, field, typed, prefix, [])),
  run: (context, { field: name, values }) =>
    changeList(context, name, (level, field) => replaceItems(context, level, field, values)),
});
