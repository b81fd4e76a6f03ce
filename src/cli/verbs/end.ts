import { done, type Faults } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';
import { closeRow } from '../session/close-row.ts';

export default defineVerb({
  verb: 'end',
  alsoCalled: ['save', 'commit', 'write'],
  help: 'Save and leave the table or singleton',
  levels: ['table', 'row', 'singleton'],
  run(context) {
    const { levels } = context;
    const { kind } = levels;
    const leave = (faults: Faults): Faults => {
      if (faults.length === 0 && kind !== 'singleton') levels.leave();
      return faults;
    };
    const closed = kind === 'table' ? done : closeRow(context);
    return closed instanceof Promise ? closed.then(leave) : leave(closed);
  },
});
