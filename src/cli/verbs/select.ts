import { select } from '../../model/changes/lists.ts';
import { defineVerb } from '../language/verb.ts';
import { newItemSuggestions, suggestItems } from '../typing/list-suggestion.ts';
import { fullValues } from '../words/fields.ts';
import { changeList } from '../words/lists.ts';

export default defineVerb({
  verb: 'select',
  help: 'Make these the whole of a list',
  levels: ['row', 'singleton'],
  changes: true,
  lists: true,
  suggest: suggestItems((position, field, typed, prefix) =>
    newItemSuggestions(position, field, typed, prefix, []),
  ),
  run: (context, statement) =>
    changeList(context, statement, (model, level, list) =>
      select(model, level, list.name, fullValues(list, statement.values)),
    ),
});
