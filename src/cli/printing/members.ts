import type { MemberReport } from '../../system/reports/running.ts';
import { columns } from './columns.ts';

/** The members of a policy with their state, indented. */
export function* memberLines(members: readonly MemberReport[]): Generator<string> {
  const lines = columns(members, [
    { title: 'member', text: ({ member }) => member },
    { title: 'state', text: ({ state }) => state },
    { title: 'connections', text: (member) => member.connections },
    { title: 'reason', text: ({ reason }) => reason },
  ]);
  for (const line of lines) yield `  ${line}`;
}
