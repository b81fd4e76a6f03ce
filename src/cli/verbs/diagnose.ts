import { runOperation } from '../operations.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'diagnose',
  help: 'Look into the running system',
  levels: ['root'],
  run: (context, { words, span }) => runOperation(context, 'diagnose', words, span),
});
