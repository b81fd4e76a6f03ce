import { defineVerb } from '../language/verb.ts';
import { appendItems, changeList, listItems } from '../rows/lists.ts';
import { newItemSuggestions, suggestItems } from '../typing/list-suggestion.ts';

export default defineVerb({
  verb: 'append',
  help: 'Add to a list what is not in it yet',
  levels: ['row', 'singleton'],
  changes: true,
  lists: true,
  suggest: suggestItems((place, field, typed, prefix) => {
    const { row } = place.levels;
    return row === undefined ? [] : newItemSuggestions(place, field, typed, prefix, listItems(row, field));
  }),
  run: (context, { field: name, values }) =>
    changeList(context, name, (level, field) => appendItems(context, level, field, values)),
});
