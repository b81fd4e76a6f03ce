import type { Draft } from '../../store/draft.ts';
import type { Steps } from '../../time/time-slice.ts';
import type { Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { withSharedConfiguration } from '../operands/cluster.ts';
import { printedDifference } from '../printing/differences/compared.ts';

export default {
  verb: 'diagnose',
  words: ['cluster', 'difference'],
  parameters: '',
  help: 'Show what would change here if the shared configuration was taken over',
  requires: { area: 'mntgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  async run(context, parameters): Promise<Faults> {
    return await withSharedConfiguration(context, parameters, async (configuration) => {
      const draft = await configuration.difference();
      context.print(printedDifference(context.model, () => steps(draft)));
    });
  },
} satisfies Operation;

function* steps(draft: Draft): Steps<Draft> {
  yield;
  return draft;
}
