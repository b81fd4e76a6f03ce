import { unselect } from '../../model/changes/lists.ts';
import { defineVerb } from '../language/verb.ts';
import { presentItemSuggestions, suggestItems } from '../typing/list-suggestion.ts';
import { fullChoice } from '../words/fields.ts';
import { changeList, listTexts } from '../words/lists.ts';

export default defineVerb({
  verb: 'unselect',
  help: 'Take entries out of a list',
  levels: ['row', 'singleton'],
  changes: true,
  lists: true,
  suggest: suggestItems(presentItemSuggestions),
  run: (context, statement) =>
    changeList(context, statement, (model, level, list) => {
      const texts = list.meta.choices === undefined ? [] : listTexts(level, list);
      const values = statement.values.map(({ text }) => fullChoice(text, texts));
      return unselect(model, level, list.name, values);
    }),
});
