import { endpointText } from '../../net/endpoint.ts';
import type { PolicyReport, RuleReport, SynCookieReport } from '../../system/reports/running.ts';
import { counted } from '../../text/plural.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { anyPolicy, suggestPolicy } from '../operands/policy.ts';
import { columns } from '../printing/columns.ts';
import { memberLines } from '../printing/members.ts';

export default {
  verb: 'diagnose',
  words: ['policy', 'list'],
  parameters: '["<policy>"]',
  help: 'Show each policy as it runs: its limit, its listeners, its members and their state',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'reads',
  suggest: suggestPolicy,
  run(context, parameters): Faults {
    const running = anyPolicy(context, parameters);
    if ('fault' in running) return [running.fault];
    const { id, system } = running;
    const reports = system.policies(id);
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
  rule,
  missingLink,
  synCookie,
  connections,
  listeners,
  members,
  membersLeftOut,
}: PolicyReport): Generator<string> {
  yield `== [ ${policy} ]`;
  yield `status: ${status}   monitor-mode: ${monitorMode}   connections: ${connections}`;
  yield `limit: ${limitText(rule, missingLink)}`;
  if (synCookie !== null) yield `syncookie: ${synCookieText(synCookie)}`;
  const listenerLines = columns(listeners, [
    {
      title: 'listener',
      text: ({ address, interface: name, port }) =>
        address === '' ? `${name} port ${port}` : endpointText({ address, port }),
    },
    { title: 'state', text: ({ state }) => state },
    { title: 'reason', text: ({ reason }) => reason },
  ]);
  for (const line of listenerLines) yield `  ${line}`;
  yield* memberLines(members);
  if (membersLeftOut > 0)
    yield `  ${counted(membersLeftOut, 'more member')} of the pool: unused, as it needs "set server-balance enable"`;
}

function limitText(rule: RuleReport | null, missingLink: string): string {
  if (rule === null) return `none: ${missingLink}`;
  const { name, action, threshold, silentThreshold } = rule;
  const limits = [
    ...(threshold === 0 ? [] : [`${threshold} for each source`]),
    ...(silentThreshold === 0 ? [] : [`${silentThreshold} silent ones`]),
  ];
  return limits.length === 0
    ? `none: threshold 0 (rule "${name}")`
    : `${limits.join(', ')}; ${action} (rule "${name}")`;
}

const synCookieStates: Readonly<Record<SynCookieReport['state'], string>> = {
  watching: 'the kernel answers',
  answering: 'the kernel answers now',
  'own-cookies': "the kernel's own SYN cookies alone",
  unprotected: 'nothing',
};

function synCookieText({ threshold, state, reason, answered }: SynCookieReport): string {
  const what = `above ${threshold} SYN packets a second: ${synCookieStates[state]}`;
  return reason === '' ? `${what}; ${counted(answered, 'handshake')} so far` : `${what}; ${reason}`;
}
