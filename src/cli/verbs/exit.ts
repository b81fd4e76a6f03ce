import { done } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';

export default defineVerb({
  verb: 'exit',
  help: 'Close the session',
  levels: ['root'],
  run({ exit }) {
    exit();
    return done;
  },
});
