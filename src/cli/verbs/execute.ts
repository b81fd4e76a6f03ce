import { operationSuggestions, runOperation } from '../language/operations.ts';
import { defineVerb } from '../language/verb.ts';

export default defineVerb({
  verb: 'execute',
  help: 'Run an operation',
  levels: ['root'],
  pipes: true,
  suggest: (place, words, prefix) => operationSuggestions(place, 'execute', words, prefix),
  run: (context, { words, span }) => runOperation(context, 'execute', words, span),
});
