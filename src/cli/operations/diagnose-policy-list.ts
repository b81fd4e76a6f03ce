import type { Word } from '../../../grammar/statement.ts';
import { columns } from '../columns.ts';
import { done, type Faults } from '../context.ts';
import type { Operation } from '../operation.ts';
import { superfluous } from '../problem.ts';
import { policyNamed, policySuggestions, runningSystem } from '../running.ts';
import type { PolicyReport } from '../system.ts';

export default {
  verb: 'diagnose',
  words: ['policy', 'list'],
  parameters: '["<policy>"]',
  help: 'Show each policy as it runs: its listeners, its members and their state',
  requires: { area: 'traroutegrp', access: 'r' },
  suggest: (place, { length }, prefix) => (length === 0 ? policySuggestions(place, prefix) : []),
  run(context, [policy, extra]: readonly Word[]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const named = policy === undefined ? { id: null } : policyNamed(context, policy);
    if ('fault' in named) return [named.fault];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const reports = running.system.policies(named.id);
    context.print({
      lines:
        reports.length === 0 ? ['there is no policy'] : reports.flatMap((report) => [...reportLines(report)]),
      data: () => reports,
    });
    return done;
  },
} satisfies Operation;

function* reportLines({
  policy,
  status,
  monitorMode,
  connections,
  listeners,
  members,
}: PolicyReport): Generator<string> {
  yield `== [ ${policy} ]`;
  yield `status: ${status}   monitor-mode: ${monitorMode}   connections: ${connections}`;
  const listenerLines = columns(listeners, [
    {
      title: 'listener',
      text: ({ address, port }) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`),
    },
    { title: 'state', text: ({ state }) => state },
    { title: 'reason', text: ({ reason }) => reason },
  ]);
  const memberLines = columns(members, [
    { title: 'member', text: ({ member }) => member },
    { title: 'state', text: ({ state }) => state },
    { title: 'connections', text: (member) => member.connections },
    { title: 'reason', text: ({ reason }) => reason },
  ]);
  for (const line of [...listenerLines, ...memberLines]) yield `  ${line}`;
}
