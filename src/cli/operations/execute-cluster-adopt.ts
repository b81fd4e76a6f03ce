import type { Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { withSharedConfiguration } from '../operands/cluster.ts';

export default {
  verb: 'execute',
  words: ['cluster', 'adopt'],
  parameters: '',
  help: 'Take over the shared configuration, as a new revision, whatever this node has: "diagnose cluster difference" shows it before',
  requires: { area: 'mntgrp', access: 'w' },
  api: 'acts',
  suggest: () => [],
  async run(context, parameters): Promise<Faults> {
    return await withSharedConfiguration(context, parameters, async (configuration) => {
      await configuration.adopt(context.model.author);
      context.print({
        lines: ['the shared configuration runs here: "execute revision rollback" brings back what was'],
        data: () => ({ done: true }),
      });
    });
  },
} satisfies Operation;
