import { done } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';

/** As FortiWeb 8.0.6 does it: a nested row goes back to the row around it, a top-level one to the root. */
export default defineVerb({
  verb: 'abort',
  help: 'Leave without saving',
  levels: ['row', 'singleton'],
  run({ levels }) {
    levels.leave();
    if (levels.top?.kind === 'table') levels.leave();
    return done;
  },
});
