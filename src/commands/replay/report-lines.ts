import { adviceLines } from '../../cli/printing/advice-lines.ts';
import { columns } from '../../cli/printing/columns.ts';
import { histogramLines } from '../../cli/printing/peak-histogram.ts';
import type { Replayed } from '../../replay/capture/capture-replay.ts';
import type {
  CaptureSummary,
  PolicyChange,
  PolicyResult,
  SourceResult,
  Sum,
  Unmatched,
} from '../../replay/report/result.ts';
import { counted } from '../../text/plural.ts';
import { quote } from '../../text/quote.ts';
import { moment, replayAdvice } from './report-data.ts';

/** Sources that a person is shown; `| json` names more. */
const mostSources = 20;

/** `2026-11-20 10:00:04.000`, in UTC: a capture says nothing of where it was taken. */
function clock(time: number | null): string {
  return moment(time)?.replace('T', ' ').replace('Z', '') ?? '-';
}

export function* replayLines(
  { capture, policies, unmatched, changes }: Replayed,
  advise: boolean,
): Generator<string> {
  const met = policies.filter(({ connections }) => connections > 0);
  yield* captureLines(capture);
  yield* unmatchedLines(unmatched);
  if (met.length < policies.length) {
    const missed = policies.length - met.length;
    yield `${missed === 1 ? '1 policy' : `${missed} policies`} without a connection`;
  }
  if (changes === null) {
    for (const policy of met) yield* policyLines(policy);
  } else {
    if (changes.length === 0) yield 'the candidate changes nothing for these connections';
    for (const change of changes) yield* changeLines(change);
  }
  if (advise) {
    for (const policy of met) {
      yield '';
      yield `thresholds for policy ${quote(policy.policy)}`;
      yield* indented(adviceLines(replayAdvice(policy)));
      if (capture.inferred > 0) {
        yield `  not sure: ${counted(capture.inferred, 'connection')} of ${capture.connections} inferred from a part of the traffic. A whole capture tells`;
      }
    }
  }
}

function* captureLines({ packets, connections, from, to, notes }: CaptureSummary): Generator<string> {
  const when = from === null ? '' : `, from ${clock(from)} to ${clock(to)} UTC`;
  yield `${counted(packets, 'packet')}, ${counted(connections, 'connection')}${when}`;
  for (const note of notes) yield `note: ${note}`;
}

function* unmatchedLines({ connections, destinations }: Unmatched): Generator<string> {
  if (connections === 0) return;
  const named = destinations.slice(0, 3).map(({ destination, connections: to }) => `${destination} (${to})`);
  yield `${counted(connections, 'connection')} to no policy: ${named.join(', ')}${destinations.length > 3 ? ', ...' : ''}`;
}

function* policyLines(policy: PolicyResult): Generator<string> {
  const { rule, monitorMode, peakOfSource, tableFull } = policy;
  const how = rule === null ? 'no rule' : `${quote(rule.name)}: threshold ${rule.threshold}, ${rule.action}`;
  yield '';
  yield `policy ${quote(policy.policy)} (${how}${monitorMode ? ', monitor-mode' : ''})`;
  for (const note of policy.notes) yield `  note: ${note}`;
  yield `  connections  ${policy.connections}`;
  yield `  sources      ${policy.sources}`;
  const most = peakOfSource === null ? '' : `, ${peakOfSource.peak} of ${peakOfSource.source}`;
  yield `  peak         ${policy.peak} at a time${most}`;
  yield `  held         ${policy.held} at a time by this configuration`;
  yield `  reported     ${sumText(policy.reported, 'connection')}`;
  yield `  refused      ${sumText(policy.refused, 'connection')}`;
  yield `  blocked      ${sumText(policy.blocked, 'open connection')}`;
  if (policy.wouldRefuse > policy.refused.connections) {
    yield `  would refuse ${counted(policy.wouldRefuse, 'connection')} if it were enforced`;
  }
  if (tableFull > 0) yield `  table full   ${counted(tableFull, 'connection')} refused for want of room`;
  yield '';
  yield* indented(histogramLines(policy.peaks, rule?.threshold ?? null));
  if (policy.affected.length > 0) yield '';
  yield* indented(affectedLines(policy));
}

function sumText({ sources, connections, first }: Sum, noun: string): string {
  if (first === null) return 'nobody';
  return `${counted(sources, 'source')}, ${counted(connections, noun)}, first ${clock(first)}`;
}

function* affectedLines({ affected, affectedInAll }: PolicyResult): Generator<string> {
  yield* columns(affected.slice(0, mostSources), [
    { title: 'source', text: ({ source }) => source },
    { title: 'fate', text: ({ fate }) => fate },
    { title: 'connections', text: ({ connections }) => connections },
    { title: 'reported', text: ({ reported }) => reported },
    { title: 'refused', text: ({ refused }) => refused },
    { title: 'blocks', text: ({ blocks }) => blocks },
    { title: 'since', text: (source) => clock(firstOf(source)) },
  ]);
  if (affectedInAll > mostSources) yield `and ${affectedInAll - mostSources} more`;
}

function firstOf({ firstReported, firstRefused }: SourceResult): number | null {
  if (firstReported === null || firstRefused === null) return firstReported ?? firstRefused;
  return Math.min(firstReported, firstRefused);
}

function* changeLines(change: PolicyChange): Generator<string> {
  const { policy, before, after, changes, changesInAll, otherNumbers } = change;
  yield '';
  yield `policy ${quote(policy)}${standing(before, after)}`;
  const rows: readonly (readonly [string, (of: PolicyResult) => number])[] = [
    ['connections', (of) => of.connections],
    ['sources reported', (of) => of.reported.sources],
    ['connections refused', (of) => of.refused.connections],
    ['sources refused', (of) => of.refused.sources],
    ['sources blocked', (of) => of.blocked.sources],
  ];
  const value = (of: PolicyResult | null, read: (of: PolicyResult) => number): string | number =>
    of === null ? '-' : read(of);
  const changed = rows.filter(([, read]) => value(before, read) !== value(after, read));
  yield* indented(
    columns(changed, [
      { title: '', text: ([title]) => title },
      { title: 'now', text: ([, read]) => value(before, read) },
      { title: 'candidate', text: ([, read]) => value(after, read) },
    ]),
  );
  if (changes.length > 0) yield '';
  yield* indented(
    columns(changes.slice(0, mostSources), [
      { title: 'source', text: ({ source }) => source },
      { title: 'now', text: ({ from }) => from ?? 'no policy' },
      { title: 'candidate', text: ({ to }) => to ?? 'no policy' },
      { title: 'connections', text: (change) => (change.after ?? change.before)?.connections ?? 0 },
      { title: 'refused', text: ({ after: fate }) => fate?.refused ?? 0 },
      { title: 'since', text: ({ after: is, before: was }) => clock(sinceOf(is) ?? sinceOf(was)) },
    ]),
  );
  if (changesInAll > mostSources) yield `  and ${changesInAll - mostSources} more`;
  if (otherNumbers > 0) yield `  ${counted(otherNumbers, 'source')} with the same fate, in other numbers`;
}

/** What is to be said of a policy that is not the same under both. */
function standing(before: PolicyResult | null, after: PolicyResult | null): string {
  if (before === null) return ' (new)';
  if (after === null) return ' (gone)';
  return before.policy === after.policy ? '' : ` (now called ${quote(before.policy)})`;
}

function sinceOf(result: SourceResult | null): number | null {
  return result === null ? null : firstOf(result);
}

function* indented(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield line === '' ? '' : `  ${line}`;
}
