import { runOperation } from '../operations.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'execute',
  help: 'Run an operation',
  levels: ['root'],
  run: (context, { words, span }) => runOperation(context, 'execute', words, span),
});
