import type { Word } from '../../../grammar/statement.ts';
import { columns } from '../columns.ts';
import { done, type Faults } from '../context.ts';
import type { Operation } from '../operation.ts';
import { superfluous } from '../problem.ts';
import { operationFault, policyNamed, policySuggestions, runningSystem } from '../running.ts';

/** More than anyone reads; what is sought among more is a matter of `diagnose policy source list`. */
const most = 1000;

export default {
  verb: 'diagnose',
  words: ['policy', 'session', 'list'],
  parameters: '"<policy>"',
  help: 'Show the connections of a policy: from whom, to which member, for how long',
  requires: { area: 'traroutegrp', access: 'r' },
  suggest: (place, { length }, prefix) => (length === 0 ? policySuggestions(place, prefix) : []),
  async run(context, [policy, extra]: readonly Word[]): Promise<Faults> {
    if (policy === undefined) return [{ error: 'incomplete', word: '', expected: 'the name of a policy' }];
    if (extra !== undefined) return [superfluous(extra)];
    const named = policyNamed(context, policy);
    if ('fault' in named) return [named.fault];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    try {
      const report = await running.system.sessions(named.id, most);
      const { sessions, total } = report;
      const lines = columns(sessions, [
        { title: 'source', text: ({ source }) => source },
        { title: 'port', text: ({ sourcePort }) => sourcePort },
        { title: 'to', text: ({ destination }) => destination },
        { title: 'member', text: ({ member }) => (member === '' ? '-' : member) },
        { title: 'state', text: ({ state }) => state },
        { title: 'seconds', text: ({ age }) => age },
        { title: 'received', text: ({ received }) => received },
        { title: 'sent', text: ({ sent }) => sent },
      ]);
      const more = total - sessions.length;
      context.print({
        lines: [
          ...lines,
          ...(more > 0 ? [`and ${more} more`] : []),
          ...(total === 0 ? ['there is no connection'] : []),
        ],
        data: () => report,
      });
      return done;
    } catch (error) {
      return [operationFault(error, policy.span, 'a policy that runs')];
    }
  },
} satisfies Operation;
