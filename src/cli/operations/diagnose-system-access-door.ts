import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { notRunning } from '../operands/policy.ts';
import { columns } from '../printing/columns.ts';

export default {
  verb: 'diagnose',
  words: ['system', 'access-door'],
  parameters: '',
  help: 'Show which doors are open, why others are not, and how many connections each has',
  requires: { area: 'mntgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run({ doors, print }, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    if (doors === undefined) return [notRunning];
    const reports = doors.doors;
    print({
      lines:
        reports.length === 0
          ? ['no door: "config system access-door" opens one']
          : columns(reports, [
              { title: 'door', text: ({ name }) => name },
              { title: 'type', text: ({ type }) => type },
              { title: 'address', text: ({ address }) => address },
              { title: 'port', text: ({ port }) => port },
              { title: 'state', text: ({ state }) => state },
              { title: 'connections', text: ({ guests }) => guests },
              { title: 'without a login', text: ({ strangers }) => strangers },
              { title: 'reason', text: ({ reason }) => reason },
            ]),
      data: () => reports,
    });
    return done;
  },
} satisfies Operation;
