import { defineVerb } from '../language/verb.ts';
import { done } from '../session/context.ts';

export default defineVerb({
  verb: 'exit',
  help: 'Close the session',
  levels: ['root'],
  run({ exit }) {
    exit();
    return done;
  },
});
