import type { Replayed } from '../../replay/capture/capture-replay.ts';
import {
  type FateChange,
  mostNamed,
  type PolicyChange,
  type PolicyResult,
  type SourceResult,
  type Sum,
} from '../../replay/report/result.ts';
import type { AdviceReport } from '../../system/reports/advice.ts';
import { adviseThreshold } from '../../verdict/upkeep/threshold-advice.ts';

/** Takes from the beginning of each list until it has taken as many as it may. */
function sparing(most: number): <T>(list: readonly T[]) => readonly T[] {
  let left = most;
  return (list) => {
    const taken = list.slice(0, left);
    left -= taken.length;
    return taken;
  };
}

type Take = ReturnType<typeof sparing>;

/** The last moment that a date can be, and before 1970 the first: a capture may say anything. */
const latestTime = 8.64e15;

export function moment(time: number | null): string | null {
  return time === null ? null : new Date(Math.max(-latestTime, Math.min(time, latestTime))).toISOString();
}

function sum({ sources, connections, first }: Sum) {
  return { sources, connections, first: moment(first) };
}

function source(result: SourceResult) {
  return {
    ...result,
    firstReported: moment(result.firstReported),
    firstRefused: moment(result.firstRefused),
    firstBlocked: moment(result.firstBlocked),
  };
}

/** What the peaks of a policy advise: those that its sources would have had if none had been refused. */
export function replayAdvice({ policy, rule, peaks, highest }: PolicyResult): AdviceReport {
  return {
    ...adviseThreshold(peaks),
    policy,
    threshold: rule?.threshold ?? null,
    capped: 0,
    peaks,
    highest,
  };
}

function policyData(policy: PolicyResult, advise: boolean, take: Take) {
  return {
    ...policy,
    reported: sum(policy.reported),
    refused: sum(policy.refused),
    blocked: sum(policy.blocked),
    affected: take(policy.affected).map(source),
    ...(advise ? { advice: replayAdvice(policy) } : {}),
  };
}

function numbers({ connections, sources, held, reported, refused, blocked }: PolicyResult) {
  return {
    connections,
    sources,
    held,
    reported: sum(reported),
    refused: sum(refused),
    blocked: sum(blocked),
  };
}

function fate({ before, after, ...change }: FateChange) {
  return {
    ...change,
    before: before && source(before),
    after: after && source(after),
  };
}

function changeData(
  { policy, before, after, changes, changesInAll, otherNumbers }: PolicyChange,
  take: Take,
) {
  return {
    policy,
    before: before && numbers(before),
    after: after && numbers(after),
    changes: take(changes).map(fate),
    changesInAll,
    otherNumbers,
  };
}

/** Plain data, in the shape of docs/json.md. Over all policies so many sources are named as one may have. */
export function replayData({ capture, policies, unmatched, changes }: Replayed, advise: boolean) {
  const take = sparing(mostNamed);
  return {
    capture: { ...capture, from: moment(capture.from), to: moment(capture.to) },
    unmatched,
    ...(changes === null
      ? { policies: policies.map((policy) => policyData(policy, advise, take)) }
      : {
          changes: changes.map((change) => changeData(change, take)),
          ...(advise ? { advice: policies.map(replayAdvice) } : {}),
        }),
  };
}
