import { defineVerb } from '../language/verb.ts';
import { closeRow } from '../session/close-row.ts';

export default defineVerb({
  verb: 'next',
  help: 'Save the entry and go back to its table',
  levels: ['row'],
  run: (context) => closeRow(context),
});
