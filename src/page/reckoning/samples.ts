import type { PolicyMeasurements } from '../../system/reports/measurements.ts';
import type { LiveEvents } from '../messages.ts';

/** What is kept of one moment, for rates and plots. */
export type Sample = {
  /** Milliseconds of a clock that nobody sets, and since 1970. */
  readonly time: number;
  readonly wall: number;
  readonly revision: number | null;
  readonly all: Counts;
  /** By the id of the policy. */
  readonly policies: ReadonlyMap<number, Counts>;
};

/** `open` is how many there are; the others only rise, until Levee is started anew. */
export type Counts = { readonly open: number; readonly admitted: number; readonly refused: number };

/** Things a second. */
export type Rates = { readonly admitted: number; readonly refused: number };

/** Policies of which a sample is kept each: those that hold most. */
const mostPolicies = 100;

export function sampleOf({ time, wall, measured }: LiveEvents['measured']): Sample {
  const { policies, health } = measured;
  const counts = policies.map((policy): [number, Counts] => [policy.id, countsOf(policy)]);
  const all = counts.reduce<Counts>(
    (sum, [, { open, admitted, refused }]) => ({
      open: sum.open + open,
      admitted: sum.admitted + admitted,
      refused: sum.refused + refused,
    }),
    { open: 0, admitted: 0, refused: 0 },
  );
  const kept = counts.length <= mostPolicies ? counts : counts.sort(([, a], [, b]) => b.open - a.open);
  return { time, wall, revision: health.revision, all, policies: new Map(kept.slice(0, mostPolicies)) };
}

function countsOf(policy: PolicyMeasurements): Counts {
  return { open: policy.connections, admitted: policy.admitted, refused: refusedOf(policy) };
}

/** Connections that were reset before a member served them, for whatever reason. */
export function refusedOf({ refused }: Pick<PolicyMeasurements, 'refused'>): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

/** What happened between two samples, a second; null: there is no telling. */
export function ratesBetween(
  before: Counts | undefined,
  now: Counts | undefined,
  milliseconds: number,
): Rates | null {
  if (before === undefined || now === undefined || milliseconds <= 0) return null;
  // Counts that have fallen are those of a Levee that was started in between.
  if (now.admitted < before.admitted || now.refused < before.refused) return null;
  const rate = (count: number): number => (count * 1000) / milliseconds;
  return { admitted: rate(now.admitted - before.admitted), refused: rate(now.refused - before.refused) };
}

/** Milliseconds over which a rate that is shown as a number is taken: a single second would flicker. */
const span = 3000;

/** The rates now, of a policy or of all of them. */
export function latestRates(samples: readonly Sample[], policy: number | null): Rates | null {
  const now = samples.at(-1);
  const before =
    samples.findLast(({ time }) => now !== undefined && now.time - time >= span) ?? samples.at(0);
  if (now === undefined || before === undefined) return null;
  return ratesBetween(countsIn(before, policy), countsIn(now, policy), now.time - before.time);
}

export function countsIn({ all, policies }: Sample, policy: number | null): Counts | undefined {
  return policy === null ? all : policies.get(policy);
}

/** Columns for a plot: seconds since 1970, and what happened a second until then; null where there is no telling. */
export function plotColumns(
  samples: readonly Sample[],
  policy: number | null,
): { readonly times: number[]; readonly columns: (number | null)[][] } {
  const times: number[] = [];
  const [open, admitted, refused]: (number | null)[][] = [[], [], []];
  for (const [index, now] of samples.entries()) {
    const before = samples[index - 1];
    const counts = countsIn(now, policy);
    const rates = before && ratesBetween(countsIn(before, policy), counts, now.time - before.time);
    times.push(now.wall / 1000);
    open?.push(counts?.open ?? null);
    admitted?.push(rates?.admitted ?? null);
    refused?.push(rates?.refused ?? null);
  }
  return { times, columns: [open ?? [], admitted ?? [], refused ?? []] };
}

/** Commits within the samples: the revision, and when it began to run, in seconds since 1970. */
export function commitsIn(samples: readonly Sample[]): { readonly revision: number; readonly at: number }[] {
  return samples.flatMap(({ revision, wall }, index) => {
    const before = samples[index - 1];
    const isNew = before !== undefined && revision !== null && revision !== before.revision;
    return isNew ? [{ revision, at: wall / 1000 }] : [];
  });
}
