import { binText, peakBins } from '../../cli/printing/peak-histogram.ts';
import type { PeakCount } from '../../cli/running/advice.ts';

/** The peaks of the sources of one policy. `threshold` null: none. */
export type PeakPlot = {
  readonly policy: string;
  readonly threshold: number | null;
  readonly peaks: readonly PeakCount[];
};

const WIDTH = 720;
const LEFT = 110;
const RIGHT = 70;
const BAR = 16;
const GAP = 4;
const HEAD = 48;

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    // XML has no room for these, not even escaped.
    .replace(/(?![\t\n])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd');

/** A drawing with a histogram for each policy: an SVG file. Colours follow the reader's light or dark scheme. */
export function peaksSvg(plots: readonly PeakPlot[]): string {
  let top = 0;
  const parts = plots.map((plot) => {
    const { text, height } = histogram(plot, top);
    top += height;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" font-family="sans-serif" font-size="12">
<title>Connections that each source held at most</title>
<style>
  text { fill: #222 } .bar { fill: #3b6ea8 } .over { fill: #b3492f } .mark { stroke: #b3492f; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } .bar { fill: #7fb0e6 } .over { fill: #f08a6c } .mark { stroke: #f08a6c } }
</style>
${parts.join('')}</svg>
`;
}

function histogram(
  { policy, threshold, peaks }: PeakPlot,
  top: number,
): { readonly text: string; readonly height: number } {
  const bins = peakBins(peaks, threshold);
  const most = Math.max(1, ...bins.map(({ sources }) => sources));
  const limit = threshold === null || threshold === 0 ? Number.POSITIVE_INFINITY : threshold;
  const lines = [
    `<text x="8" y="${top + 20}" font-size="14" font-weight="bold">${escaped(policy)}</text>`,
    `<text x="${LEFT - 8}" y="${top + 40}" text-anchor="end">held at most</text>`,
    `<text x="${LEFT}" y="${top + 40}">sources</text>`,
  ];
  const yOf = (index: number): number => top + HEAD + index * (BAR + GAP);
  for (const [index, bin] of bins.entries()) {
    const width = Math.round((bin.sources / most) * (WIDTH - LEFT - RIGHT));
    const y = yOf(index);
    const base = y + BAR - 4;
    lines.push(
      `<text x="${LEFT - 8}" y="${base}" text-anchor="end">${binText(bin)}</text>`,
      `<rect class="${bin.from > limit ? 'over' : 'bar'}" x="${LEFT}" y="${y}" width="${width}" height="${BAR}"/>`,
      `<text x="${LEFT + width + 6}" y="${base}">${bin.sources}</text>`,
    );
  }
  if (Number.isFinite(limit)) {
    const over = bins.findIndex(({ from }) => from > limit);
    const y = yOf(over < 0 ? bins.length : over) - GAP / 2;
    lines.push(
      `<line class="mark" x1="8" x2="${WIDTH - 8}" y1="${y}" y2="${y}"/>`,
      `<text x="${WIDTH - 8}" y="${y - 4}" text-anchor="end">threshold ${limit}</text>`,
    );
  }
  return { text: `${lines.join('\n')}\n`, height: HEAD + bins.length * (BAR + GAP) + 24 };
}
