import { done } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';

export default defineVerb({
  verb: 'exit',
  alsoCalled: ['quit', 'logout', 'bye'],
  help: 'Close the session',
  levels: ['root'],
  run({ exit }) {
    exit();
    return done;
  },
});
