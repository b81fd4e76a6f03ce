import type { BlockReport } from '../../system/kept-state.ts';
import { timeText } from '../../time/log-time.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { policiesAsked, suggestPolicy } from '../operands/policy.ts';
import { longColumns } from '../printing/columns.ts';

export default {
  verb: 'diagnose',
  words: ['policy', 'period-blockip', 'list'],
  parameters: '["<policy>"]',
  help: 'Show the sources that are blocked, and for how long',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'reads',
  suggest: suggestPolicy,
  async run(context, parameters): Promise<Faults> {
    const asked = policiesAsked(context, parameters);
    if ('fault' in asked) return [asked.fault];
    const blocks = await (await context.kept()).blocks(asked.id);
    const isOfMany = blocks.some(({ node }) => node !== '');
    const lines = longColumns(blocks, [
      { title: 'policy', text: (block) => block.policy },
      { title: 'source', text: ({ source }) => source },
      { title: 'seconds left', text: ({ remaining }) => remaining },
      { title: 'until', text: ({ until }) => timeText(Date.parse(until)) },
      { title: 'refused', text: ({ refused }) => refused },
      { title: 'by the kernel', text: ({ kernelRefused }) => kernelRefused },
      ...(isOfMany ? [{ title: 'node', text: ({ node }: BlockReport) => node || 'this one' }] : []),
      { title: 'enforced', text: ({ enforced }) => (enforced ? 'yes' : 'no: monitor-mode') },
    ]);
    context.print({ lines: blocks.length === 0 ? ['nobody is blocked'] : lines, data: () => blocks });
    return done;
  },
} satisfies Operation;
