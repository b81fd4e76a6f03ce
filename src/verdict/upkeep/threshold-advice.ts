/** So many sources held so many connections at most. */
export type PeakCount = { readonly peak: number; readonly sources: number };

/** What a threshold would have done to the sources that were seen. */
export type ThresholdChoice = {
  readonly name: 'p99' | 'p99.9' | 'maximum' | 'advised';
  /** Connections that one source may hold. */
  readonly threshold: number;
  /** Sources that wanted to hold more. */
  readonly hit: number;
  /** How many more the highest source that is not hit could have held. */
  readonly headroom: number;
  /** There are enough sources for this to mean something: 100 for p99, 1000 for p99.9. */
  readonly isFounded: boolean;
};

export type ThresholdAdvice = {
  /** Sources that it rests on. */
  readonly sources: number;
  /** The most that one of them held. */
  readonly maximum: number;
  /** Too few sources to trust any of it. */
  readonly isTooFew: boolean;
  /** The highest stand so far above the rest that the advised threshold does not make room for them. */
  readonly leavesOut: number;
  /** In ascending order of what they let through; `advised` last. Empty where no source was seen. */
  readonly choices: readonly ThresholdChoice[];
};

/** A highest hundredth that is so many times above the rest is taken for what is to be guarded against. */
const outlying = 4;
const leastSources = 100;
const highestThreshold = 65_536;

/** Of ascending counts, the lowest peak that a share of the sources does not exceed: the nearest rank. */
function quantile(peaks: readonly PeakCount[], sources: number, share: number): number {
  const rank = Math.max(1, Math.ceil(sources * share - 1e-9));
  let seen = 0;
  for (const { peak, sources: count } of peaks) {
    seen += count;
    if (seen >= rank) return peak;
  }
  return 0;
}

/** Half as much again as was needed, to the next number that a person would choose. */
function withHeadroom(base: number): number {
  const wanted = Math.max(base + 2, Math.ceil(base * 1.5));
  const step = wanted <= 20 ? 1 : 5 * 10 ** Math.max(0, Math.floor(Math.log10(wanted)) - 2);
  return Math.min(highestThreshold, Math.ceil(wanted / step) * step);
}

/**
 * Names thresholds for sources of which it is known how many connections they held at most. A source is hit by a
 * threshold when it held more.
 *
 * @param peaks each peak at most once, ascending, none of 0
 */
export function adviseThreshold(peaks: readonly PeakCount[]): ThresholdAdvice {
  const sources = peaks.reduce((sum, each) => sum + each.sources, 0);
  const maximum = peaks.at(-1)?.peak ?? 0;
  const hitBy = (threshold: number): number =>
    peaks.reduce((sum, { peak, sources: count }) => sum + (peak > threshold ? count : 0), 0);
  const choice = (name: ThresholdChoice['name'], threshold: number, least: number): ThresholdChoice => {
    const highest = peaks.findLast(({ peak }) => peak <= threshold)?.peak ?? 0;
    return {
      name,
      threshold,
      hit: hitBy(threshold),
      headroom: threshold - highest,
      isFounded: sources >= least,
    };
  };
  const isTooFew = sources < leastSources;
  if (sources === 0) return { sources, maximum, isTooFew, leavesOut: 0, choices: [] };
  const p99 = quantile(peaks, sources, 0.99);
  const p999 = quantile(peaks, sources, 0.999);
  const advised = withHeadroom(!isTooFew && maximum > outlying * p99 ? p99 : maximum);
  return {
    sources,
    maximum,
    isTooFew,
    leavesOut: hitBy(advised),
    choices: [
      choice('p99', p99, leastSources),
      choice('p99.9', p999, 10 * leastSources),
      choice('maximum', maximum, 1),
      choice('advised', advised, leastSources),
    ],
  };
}
