import type { Measurements } from '../../system/reports/measurements.ts';

type Verdicts = Measurements['verdicts'];

/** Verdicts that took about so long. */
export type Bucket = {
  readonly label: string;
  readonly verdicts: number;
  /** Of the fullest one, 0 to 1. */
  readonly share: number;
};

/** Microseconds that a verdict takes on average; null: there was none. */
export function meanOf({ counts, total }: Verdicts): number | null {
  const all = counts.reduce((sum, each) => sum + each, 0);
  return all === 0 ? null : total / all / 1000;
}

/** From the first to the last that is not empty. */
export function bucketsOf({ bounds, counts }: Verdicts): readonly Bucket[] {
  const most = Math.max(1, ...counts);
  const first = counts.findIndex((each) => each > 0);
  const last = counts.findLastIndex((each) => each > 0);
  if (first < 0) return [];
  return counts.slice(first, last + 1).map((verdicts, index) => {
    const bound = bounds[first + index];
    const label = bound === undefined ? `over ${bounds.at(-1)} µs` : `to ${bound} µs`;
    return { label, verdicts, share: verdicts / most };
  });
}
