import { operationSuggestions, runOperation } from '../language/operations.ts';
import { defineVerb } from '../language/verb.ts';

export default defineVerb({
  verb: 'diagnose',
  help: 'Look into the running system',
  levels: ['root'],
  pipes: true,
  suggest: (place, words, prefix) => operationSuggestions(place, 'diagnose', words, prefix),
  run: (context, { words, span }) => runOperation(context, 'diagnose', words, span),
});
