import { operationSuggestions, runOperation } from '../language/operations.ts';
import { defineVerb } from '../language/verb.ts';

export default defineVerb({
  verb: 'diagnose',
  alsoCalled: ['debug'],
  help: 'Look into the running system',
  levels: ['root', 'table', 'row', 'singleton'],
  suggest: (position, words, prefix, operations) =>
    operationSuggestions(position, operations(), 'diagnose', words, prefix),
  run: (context, { words, span }, operations) => runOperation(context, operations(), 'diagnose', words, span),
});
