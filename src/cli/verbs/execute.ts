import { operationSuggestions, runOperation } from '../language/operations.ts';
import { defineVerb } from '../language/verb.ts';

export default defineVerb({
  verb: 'execute',
  help: 'Run an operation',
  levels: ['root'],
  suggest: (position, words, prefix, operations) =>
    operationSuggestions(position, operations(), 'execute', words, prefix),
  run: (context, { words, span }, operations) => runOperation(context, operations(), 'execute', words, span),
});
