import type { Word } from '../../../grammar/statement.ts';
import { columns } from '../columns.ts';
import { done, type Faults } from '../context.ts';
import type { Operation } from '../operation.ts';
import { superfluous } from '../problem.ts';
import { policyNamed, policySuggestions, runningSystem } from '../running.ts';

export default {
  verb: 'diagnose',
  words: ['policy', 'period-blockip', 'list'],
  parameters: '["<policy>"]',
  help: 'Show the sources that are blocked, and for how long',
  requires: { area: 'traroutegrp', access: 'r' },
  suggest: (place, { length }, prefix) => (length === 0 ? policySuggestions(place, prefix) : []),
  run(context, [policy, extra]: readonly Word[]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const named = policy === undefined ? { id: null } : policyNamed(context, policy);
    if ('fault' in named) return [named.fault];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const blocks = running.system.blocks(named.id);
    const lines = columns(blocks, [
      { title: 'policy', text: (block) => block.policy },
      { title: 'source', text: ({ source }) => source },
      { title: 'seconds left', text: ({ remaining }) => remaining },
      { title: 'until', text: ({ until }) => until },
    ]);
    context.print({ lines: blocks.length === 0 ? ['nobody is blocked'] : lines, data: () => blocks });
    return done;
  },
} satisfies Operation;
