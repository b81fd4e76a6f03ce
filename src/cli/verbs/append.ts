import { append, listItems } from '../../model/changes/lists.ts';
import { defineVerb } from '../language/verb.ts';
import { newItemSuggestions, suggestItems } from '../typing/list-suggestion.ts';
import { fullValues } from '../words/fields.ts';
import { changeList } from '../words/lists.ts';

export default defineVerb({
  verb: 'append',
  help: 'Add to a list what is not in it yet',
  levels: ['row', 'singleton'],
  changes: true,
  lists: true,
  suggest: suggestItems((position, field, typed, prefix) => {
    const { row } = position.levels;
    return row === undefined ? [] : newItemSuggestions(position, field, typed, prefix, listItems(row, field));
  }),
  run: (context, statement) =>
    changeList(context, statement, (model, level, list) =>
      append(model, level, list.name, fullValues(list, statement.values)),
    ),
});
