import { done } from '../context.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'exit',
  help: 'Close the session',
  levels: ['root'],
  run({ exit }) {
    exit();
    return done;
  },
});
