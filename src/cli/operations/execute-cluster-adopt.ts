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
      const own = context.model.configuration;
      const before = own.view.revision;
      await configuration.adopt(context.model.author);
      const line =
        own.view.revision === before
          ? 'this node has the shared configuration already'
          : `the shared configuration runs here: "execute revision rollback ${before}" brings back what was, on all nodes`;
      context.print({ lines: [line], data: () => ({ done: true }) });
    });
  },
} satisfies Operation;
