import type { AdviceReport } from '../../cli/running/advice.ts';
import type { Replayed } from '../../replay/capture/capture-replay.ts';
import {
  type FateChange,
  MOST_NAMED,
  type PolicyChange,
  type PolicyResult,
  type SourceResult,
  type Sum,
} from '../../replay/report/result.ts';
import { adviseThreshold } from '../../verdict/judge/advice.ts';

/** Takes from the beginning of each list until it has taken as many as it may. */
const sparing = (most: number): (<T>(list: readonly T[]) => readonly T[]) => {
  let left = most;
  return (list) => {
    const taken = list.slice(0, left);
    left -= taken.length;
    return taken;
  };
};

type Take = ReturnType<typeof sparing>;

/** The last moment that a date can be, and before 1970 the first: a capture may say anything. */
const LATEST = 8.64e15;

export const moment = (time: number | null): string | null =>
  time === null ? null : new Date(Math.max(-LATEST, Math.min(time, LATEST))).toISOString();

const sum = ({ sources, connections, first }: Sum) => ({ sources, connections, first: moment(first) });

const source = (result: SourceResult) => ({
  ...result,
  firstReported: moment(result.firstReported),
  firstRefused: moment(result.firstRefused),
  firstBlocked: moment(result.firstBlocked),
});

/** What a policy's peaks advise: those that it would have had, had nobody been refused. */
export const adviceOn = ({ policy, rule, peaks, highest }: PolicyResult): AdviceReport => ({
  ...adviseThreshold(peaks),
  policy,
  threshold: rule?.threshold ?? null,
  capped: 0,
  peaks,
  highest,
});

const policyData = (policy: PolicyResult, advise: boolean, take: Take) => ({
  ...policy,
  reported: sum(policy.reported),
  refused: sum(policy.refused),
  blocked: sum(policy.blocked),
  affected: take(policy.affected).map(source),
  ...(advise ? { advice: adviceOn(policy) } : {}),
});

const numbers = ({ connections, sources, held, reported, refused, blocked }: PolicyResult) => ({
  connections,
  sources,
  held,
  reported: sum(reported),
  refused: sum(refused),
  blocked: sum(blocked),
});

const fate = ({ before, after, ...change }: FateChange) => ({
  ...change,
  before: before && source(before),
  after: after && source(after),
});

const changeData = (
  { policy, before, after, changes, changesInAll, otherNumbers }: PolicyChange,
  take: Take,
) => ({
  policy,
  before: before && numbers(before),
  after: after && numbers(after),
  changes: take(changes).map(fate),
  changesInAll,
  otherNumbers,
});

/** Plain data, in the shape of docs/json.md. Over all policies so many sources are named as one may have. */
export const replayData = ({ capture, policies, unmatched, changes }: Replayed, advise: boolean) => {
  const take = sparing(MOST_NAMED);
  return {
    capture: { ...capture, from: moment(capture.from), to: moment(capture.to) },
    unmatched,
    ...(changes === null
      ? { policies: policies.map((policy) => policyData(policy, advise, take)) }
      : {
          changes: changes.map((change) => changeData(change, take)),
          ...(advise ? { advice: policies.map(adviceOn) } : {}),
        }),
  };
};
