import { closeRow } from '../rows/close.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'next',
  help: 'Save the entry and go back to its table',
  levels: ['row'],
  run: (context) => closeRow(context),
});
