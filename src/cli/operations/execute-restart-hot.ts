import { messageOf } from '../../text/reason.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { runningSystem } from '../operands/policy.ts';

export default {
  verb: 'execute',
  words: ['restart', 'hot'],
  alsoCalled: ['reboot', 'reload', 'restart'],
  parameters: '',
  help: 'Have a new process take over, of the code that is there now: no connection is refused or broken',
  requires: { area: 'sysgrp', access: 'w' },
  api: 'acts',
  suggest: () => [],
  async run(context, [extra]): Promise<Faults> {
    if (extra !== undefined) return [superfluous(extra)];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    try {
      const successor = await running.system.restartHot(context.model.author);
      context.print({
        lines: [
          `process ${successor.process} has loaded the code in ${successor.directory}, and is about to take over`,
          'this session ends with that; "execute log display event" says whether it has',
        ],
        data: () => successor,
      });
      return done;
    } catch (error) {
      return [
        {
          error: 'operation-failed',
          word: messageOf(error),
          expected: 'a daemon that another process can take over from',
        },
      ];
    }
  },
} satisfies Operation;
