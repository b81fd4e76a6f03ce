import type { Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { withSharedConfiguration } from '../operands/cluster.ts';

export default {
  verb: 'execute',
  words: ['cluster', 'publish'],
  parameters: '',
  help: 'Have all other nodes take over the configuration of this one, whatever they have',
  requires: { area: 'mntgrp', access: 'w' },
  api: 'acts',
  suggest: () => [],
  async run(context, parameters): Promise<Faults> {
    return await withSharedConfiguration(context, parameters, async (configuration) => {
      await configuration.publish(context.model.author);
      context.print({
        lines: ['the other nodes take over the configuration of this one'],
        data: () => ({ done: true }),
      });
    });
  },
} satisfies Operation;
