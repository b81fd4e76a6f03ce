import type { AdviceReport } from '../../system/reports/advice.ts';

/** Why a file is of no use here, in words for a person. */
export type Useless = { readonly reason: string };

/**
 * What the JSON of `levee replay` says of a policy, in the shape of what live sources say: every connection of a capture is
 * known, so that no source is held to the threshold in force.
 *
 * @param live what that policy has now
 */
export function capturedAdvice(text: string, live: AdviceReport): AdviceReport | Useless {
  const report = readJson(text);
  const policies = listIn(report, 'policies');
  if (policies === undefined)
    return { reason: 'This is not what "levee replay CAPTURE --json" prints, without a candidate.' };
  const found = policies.find((each) => Object(each).policy === live.policy);
  if (found === undefined) return { reason: 'No connection in it is for this policy.' };
  const peaks = listIn(found, 'peaks')?.filter(isPeak) ?? [];
  const maximum = peaks.at(-1)?.peak;
  if (maximum === undefined) return { reason: 'No connection in it is for this policy.' };
  const advised = Object(Object(found).advice);
  return {
    policy: live.policy,
    threshold: live.threshold,
    sources: peaks.reduce((sum, { sources }) => sum + sources, 0),
    maximum,
    isTooFew: advised.isTooFew === true,
    leavesOut: numberOr(advised.leavesOut, 0),
    choices: listIn(advised, 'choices')?.filter(isChoice) ?? [],
    capped: 0,
    peaks,
    highest: listIn(found, 'highest')?.filter(isHighest) ?? [],
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // That it is none is said by what is missing in it.
    return null;
  }
}

function listIn(value: unknown, member: string): readonly unknown[] | undefined {
  const list: unknown = Object(value)[member];
  return Array.isArray(list) ? list : undefined;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function isPeak(value: unknown): value is AdviceReport['peaks'][number] {
  const { peak, sources } = Object(value);
  return isCount(peak) && isCount(sources);
}

function isHighest(value: unknown): value is AdviceReport['highest'][number] {
  const { source, peak } = Object(value);
  return typeof source === 'string' && isCount(peak);
}

function isChoice(value: unknown): value is AdviceReport['choices'][number] {
  const { name, threshold, hit, headroom, isFounded } = Object(value);
  return (
    typeof name === 'string' && [threshold, hit, headroom].every(isCount) && typeof isFounded === 'boolean'
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
