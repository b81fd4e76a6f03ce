import { done } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';
import { closeRow } from '../session/close-row.ts';

export default defineVerb({
  verb: 'end',
  help: 'Save and leave the table or singleton',
  levels: ['table', 'row', 'singleton'],
  run(context) {
    const { levels } = context;
    const { kind } = levels;
    if (kind !== 'table') {
      const faults = closeRow(context);
      if (faults.length > 0 || kind === 'singleton') return faults;
    }
    levels.leave();
    return done;
  },
});
