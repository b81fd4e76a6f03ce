import type { PeakCount } from '../../system/reports/advice.ts';
import { binText, peakBins } from '../../system/reports/peak-bins.ts';

/** The peaks of the sources of one policy. `threshold` null: none. */
export type PeakPlot = {
  readonly policy: string;
  readonly threshold: number | null;
  readonly peaks: readonly PeakCount[];
};

const plotWidth = 720;
const left = 110;
const right = 70;
const bar = 16;
const gap = 4;
const head = 48;

function escaped(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // XML has no room for these, not even escaped.
      .replace(/(?![\t\n])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd')
  );
}

/** A drawing with a histogram for each policy: an SVG file. Colours follow the reader's light or dark scheme. */
export function peaksSvg(plots: readonly PeakPlot[]): string {
  let top = 0;
  const parts = plots.map((plot) => {
    const { text, height } = histogram(plot, top);
    top += height;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${plotWidth}" height="${top}" viewBox="0 0 ${plotWidth} ${top}" font-family="sans-serif" font-size="12">
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
    `<text x="${left - 8}" y="${top + 40}" text-anchor="end">held at most</text>`,
    `<text x="${left}" y="${top + 40}">sources</text>`,
  ];
  const yOf = (index: number): number => top + head + index * (bar + gap);
  for (const [index, bin] of bins.entries()) {
    const width = Math.round((bin.sources / most) * (plotWidth - left - right));
    const y = yOf(index);
    const base = y + bar - 4;
    lines.push(
      `<text x="${left - 8}" y="${base}" text-anchor="end">${binText(bin)}</text>`,
      `<rect class="${bin.from > limit ? 'over' : 'bar'}" x="${left}" y="${y}" width="${width}" height="${bar}"/>`,
      `<text x="${left + width + 6}" y="${base}">${bin.sources}</text>`,
    );
  }
  if (Number.isFinite(limit)) {
    const over = bins.findIndex(({ from }) => from > limit);
    const y = yOf(over < 0 ? bins.length : over) - gap / 2;
    lines.push(
      `<line class="mark" x1="8" x2="${plotWidth - 8}" y1="${y}" y2="${y}"/>`,
      `<text x="${plotWidth - 8}" y="${y - 4}" text-anchor="end">threshold ${limit}</text>`,
    );
  }
  return { text: `${lines.join('\n')}\n`, height: head + bins.length * (bar + gap) + 24 };
}
