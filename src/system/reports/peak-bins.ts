import type { PeakCount } from './advice.ts';

/** Sources whose peak lies from `from` to `to`. */
export type PeakBin = { readonly from: number; readonly to: number; readonly sources: number };

/** Where bins end that are wider than one connection. */
const binEnds: readonly number[] = [0, 1, 2, 3, 4].flatMap((power) =>
  [1, 2, 3, 5, 7].map((digit) => digit * 10 ** power),
);

/** Up to so many connections each number has a bin of its own. */
const single = 20;

/** Bins over peaks, ascending; one ends at `threshold`, so that a mark can stand behind it. Empty ones are in it too. */
export function peakBins(peaks: readonly PeakCount[], threshold: number | null): readonly PeakBin[] {
  const most = Math.max(peaks.at(-1)?.peak ?? 0, 0);
  if (most === 0) return [];
  const each = Array.from({ length: Math.min(most, single) }, (_, index) => index + 1);
  const ends = most <= single ? each : binEnds;
  const marks = threshold !== null && threshold > 0 ? [threshold] : [];
  const inside = [...new Set([...ends, ...marks])].filter((end) => end < most).sort((a, b) => a - b);
  let from = 1;
  return [...inside, most].map((to) => {
    const sources = peaks.reduce(
      (sum, { peak, sources: count }) => sum + (peak >= from && peak <= to ? count : 0),
      0,
    );
    const bin = { from, to, sources };
    from = to + 1;
    return bin;
  });
}

export function binText({ from, to }: PeakBin): string {
  return from === to ? String(from) : `${from}-${to}`;
}
