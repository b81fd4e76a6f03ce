import type { RowId } from '../../../schemas/content.ts';
import type { Measurements, PolicyMeasurements } from '../../system/reports/measurements.ts';
import type { MemberReport } from '../../system/reports/running.ts';
import type { SourceReport } from '../../system/reports/source.ts';
import { counted } from '../../text/plural.ts';
import { quote } from '../../text/quote.ts';
import { timeText } from '../../time/log-time.ts';
import type { LiveAction, LiveTable, LiveView } from '../session/live-view.ts';

/** What there is at one moment. */
export type TopMoment = {
  /** Milliseconds of a monotonic clock. */
  readonly time: number;
  /** Milliseconds that it took to find out. */
  readonly took: number;
  readonly measured: Measurements;
  /** Those that hold most, and those that were refused most. */
  readonly sources: readonly SourceReport[];
  /** Of those that are blocked the ones whose block ends last. */
  readonly blocked: readonly SourceReport[];
};

export type TopOptions = {
  /** Whoever looks may block and lift. */
  readonly mayAct: boolean;
  /** What came of the last action, or ''. */
  readonly remark: string;
};

export const blockKey = 'b';
export const liftKey = 'l';
/** Seconds of a block that a key begins. */
export const blockLength = 600;

const blocking: LiveAction = { key: blockKey, label: `block ${blockLength} s` };
const lifting: LiveAction = { key: liftKey, label: 'lift' };

/** What `top` shows of a moment, with rates since the one before. */
export function topView(now: TopMoment, before: TopMoment | null, { mayAct, remark }: TopOptions): LiveView {
  const { measured } = now;
  return {
    head: headOf(measured),
    tables: [
      policiesTable(now, before),
      {
        name: 'Sources',
        columns: ['policy', 'source', 'open', 'silent', 'peak', 'refused', 'blocked'],
        rows: rowsOf(now, now.sources, (source) => [
          source.policy,
          source.source,
          source.open,
          source.silent,
          source.peak,
          source.refused,
          source.blocked === 0 ? '-' : `${source.blocked} s`,
        ]),
        actions: mayAct ? [blocking, lifting] : [],
      },
      {
        name: 'Blocked',
        columns: ['policy', 'source', 'seconds left', 'open', 'refused'],
        rows: rowsOf(now, now.blocked, ({ policy, source, blocked, open, refused }) => [
          policy,
          source,
          blocked,
          open,
          refused,
        ]),
        actions: mayAct ? [lifting] : [],
      },
      membersTable(measured),
    ],
    remark,
  };
}

/** The policy and the source of a row. */
export function sourceIn(id: string): { readonly policy: RowId; readonly source: string } | null {
  const [policy = '', source] = id.split(' ');
  return source === undefined || !/^\d+$/.test(policy) ? null : { policy: Number(policy), source };
}

function rowsOf(
  { measured }: TopMoment,
  sources: readonly SourceReport[],
  cells: (source: SourceReport) => readonly (string | number)[],
): LiveTable['rows'] {
  const ids = new Map(measured.policies.map(({ id, policy }) => [policy, id]));
  return sources.flatMap((source) => {
    const policy = ids.get(source.policy);
    if (policy === undefined) return [];
    const name = `${source.source}, policy ${quote(source.policy)}`;
    return [{ id: `${policy} ${source.source}`, name, cells: cells(source) }];
  });
}

function headOf({ version, enforcer, health, policies, confirmationLeft }: Measurements): string[] {
  const { sources, descriptors, listeners } = enforcer;
  // As in the table below: the enforcer's own numbers have policies that are gone, too, and verdicts alone.
  const total = (of: (policy: PolicyMeasurements) => number): number =>
    policies.reduce((sum, policy) => sum + of(policy), 0);
  const admitted = total((policy) => policy.admitted);
  const blocked = total((policy) => policy.blocks);
  const lines = [
    `Levee ${version}, revision ${health.revision ?? '-'}, running since ${timeText(Date.parse(enforcer.runningSince))}`,
    `connections ${enforcer.connections}   admitted ${admitted}   refused ${total(refusedOf)}   blocked ${blocked}`,
    `sources ${sources.used} of ${sources.capacity}   descriptors ${descriptors.used} of ${descriptors.limit}   ` +
      `${counted(enforcer.workers, 'worker')} on ${enforcer.engine}`,
  ];
  if (listeners.failed > 0)
    lines.push(`${counted(listeners.failed, 'listener')} failed: diagnose policy list`);
  if (confirmationLeft > 0) {
    const left = counted(confirmationLeft, 'second');
    lines.push(`revision ${health.revision ?? '-'} is taken back in ${left} unless it is confirmed`);
  }
  if (enforcer.stopping) lines.push('about to end');
  return lines;
}

function policiesTable(now: TopMoment, before: TopMoment | null): LiveTable {
  const seconds = before === null ? 0 : (now.time - before.time) / 1000;
  const former = new Map(before?.measured.policies.map((policy) => [policy.policy, policy]));
  const rate = (
    name: string,
    count: (policy: PolicyMeasurements) => number,
    total: number,
  ): string | number => {
    const known = former.get(name);
    return known === undefined || seconds <= 0
      ? '-'
      : Math.max(0, Math.round((total - count(known)) / seconds));
  };
  return {
    name: 'Policies',
    columns: [
      'policy',
      'open',
      'opens/s',
      'refused/s',
      'refused',
      'most/limit',
      'blocked',
      'members',
      'would refuse',
    ],
    rows: now.measured.policies.map((policy) => ({
      id: String(policy.id),
      name: policy.policy,
      cells: [
        policy.policy,
        policy.connections,
        rate(policy.policy, ({ admitted }) => admitted, policy.admitted),
        rate(policy.policy, refusedOf, refusedOf(policy)),
        refusedOf(policy),
        `${policy.mostOfSource}/${policy.threshold === 0 ? '-' : policy.threshold}`,
        policy.blocks,
        `${policy.members.filter(({ state }) => state === 'up').length}/${policy.members.length}`,
        policy.wouldRefuse,
      ],
    })),
    actions: [],
  };
}

function refusedOf({ refused }: PolicyMeasurements): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

function membersTable({ policies }: Measurements): LiveTable {
  const rows = policies.flatMap(({ id, policy, members }) =>
    members.map((member: MemberReport, index) => ({
      id: `${id} ${index}`,
      name: member.member,
      cells: [policy, member.member, member.state, member.connections, member.reason],
    })),
  );
  return {
    name: 'Members',
    columns: ['policy', 'member', 'state', 'connections', 'reason'],
    rows,
    actions: [],
  };
}
