import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { onePolicy, operationFault, suggestPolicy } from '../operands/policy.ts';
import { columns } from '../printing/columns.ts';

/** More than anyone reads; what is sought among more is a matter of `diagnose policy source list`. */
const most = 1000;

export default {
  verb: 'diagnose',
  words: ['policy', 'session', 'list'],
  alsoCalled: ['connections', 'sessions'],
  parameters: '"<policy>"',
  help: 'Show the connections of a policy: from whom, to which member, for how long',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'reads',
  suggest: suggestPolicy,
  async run(context, parameters): Promise<Faults> {
    const running = onePolicy(context, parameters);
    if ('fault' in running) return [running.fault];
    const { policy, id, system } = running;
    try {
      const { connections, total } = await system.listConnections(id, most);
      const lines = columns(connections, [
        { title: 'source', text: ({ source }) => source },
        { title: 'port', text: ({ sourcePort }) => sourcePort },
        { title: 'to', text: ({ destination }) => destination },
        { title: 'member', text: ({ member }) => (member === '' ? '-' : member) },
        { title: 'state', text: ({ state }) => state },
        { title: 'seconds', text: ({ age }) => age },
        { title: 'received', text: ({ received }) => received },
        { title: 'sent', text: ({ sent }) => sent },
      ]);
      const more = total - connections.length;
      context.print({
        lines: [
          ...lines,
          ...(more > 0 ? [`and ${more} more`] : []),
          ...(total === 0 ? ['there is no connection'] : []),
        ],
        data: () => ({ total, sessions: connections }),
      });
      return done;
    } catch (error) {
      return [operationFault(error, policy.span, 'a policy that runs')];
    }
  },
} satisfies Operation;
