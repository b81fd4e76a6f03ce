import type { PeakCount } from '../../system/reports/advice.ts';
import { binText, peakBins } from '../../system/reports/peak-bins.ts';

const width = 40;

/** A line for each bin, and one where the threshold stands. */
export function* histogramLines(peaks: readonly PeakCount[], threshold: number | null): Generator<string> {
  const bins = peakBins(peaks, threshold);
  if (bins.length === 0) return;
  const title = 'held at most';
  const most = Math.max(...bins.map(({ sources }) => sources));
  const digits = Math.max(String(most).length, 'sources'.length);
  const label = Math.max(title.length, ...bins.map((bin) => binText(bin).length));
  const mark = threshold === null || threshold === 0 ? null : `${'-'.repeat(label)}  threshold ${threshold}`;
  let isMarked = mark === null;
  yield `${title.padStart(label)}  ${'sources'.padStart(digits)}`;
  for (const bin of bins) {
    if (!isMarked && threshold !== null && bin.from > threshold) {
      isMarked = true;
      yield `${mark}`;
    }
    const length = bin.sources === 0 ? 0 : Math.max(1, Math.round((bin.sources / most) * width));
    const text = `${binText(bin).padStart(label)}  ${String(bin.sources).padStart(digits)}  ${'#'.repeat(length)}`;
    yield text.trimEnd();
  }
  if (!isMarked) yield `${mark}`;
}
