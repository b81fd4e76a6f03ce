import { defineVerb } from '../language/verb.ts';
import { changePair } from '../rows/pair.ts';
import { done } from '../session/context.ts';
import { pairSuggestions } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'rename',
  help: 'Give an entry another name; what refers to it follows',
  levels: ['table'],
  changes: true,
  suggest: (place, words, prefix) => pairSuggestions(place, words, prefix),
  run: (context, statement) =>
    changePair(context, statement, (draft, _table, row, key) => {
      const { text: word, span } = statement.from;
      if (row.predefined) return [{ error: 'read-only', word, span, expected: 'an entry of your own' }];
      draft.rename(row.id, key);
      return done;
    }),
});
