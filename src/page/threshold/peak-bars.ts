import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { PeakCount } from '../../system/reports/advice.ts';
import { binText, type PeakBin, peakBins } from '../../system/reports/peak-bins.ts';
import { count, counted, shortCount } from '../reckoning/format.ts';

type Props = {
  readonly peaks: readonly PeakCount[];
  /** In force; 0: none. */
  readonly threshold: number;
  /** 0: none. */
  readonly candidate: number;
  /** As far as it shows how many held as many. */
  readonly highest: number;
  readonly choose: (candidate: number) => void;
};

/** How many sources held how many connections at most, and whom a candidate would refuse. */
export function PeakBars({ peaks, threshold, candidate, highest, choose }: Props): VNode {
  const bins = peakBins([...peaks, { peak: highest, sources: 0 }], null);
  const most = Math.max(1, ...bins.map(({ sources }) => sources));
  const isMoved = candidate !== threshold && candidate > 0;
  return html`<div class="peaks">
    <div class="bars" role="group" aria-label="Sources by the connections that they held at most">
      ${bins.map((bin) => {
        const refused = refusedIn(bin, peaks, candidate);
        const label = `${binText(bin)} connections: ${counted(bin.sources, 'source')}, ${count(refused)} refused`;
        return html`<button type="button" key=${bin.from} aria-label=${label} title=${label} onClick=${() => choose(bin.to)}>
          <span class="of">${bin.sources === 0 ? '' : shortCount(bin.sources)}</span>
          <span class="refused" style=${{ height: heightOf(refused, most) }}></span>
          <span class="admitted" style=${{ height: heightOf(bin.sources - refused, most) }}></span>
        </button>`;
      })}
      ${threshold > 0 && html`<${Limit} bins=${bins} at=${threshold} kind="now" text=${`now ${count(threshold)}`} />`}
      ${isMoved && html`<${Limit} bins=${bins} at=${candidate} kind="candidate" text=${count(candidate)} />`}
    </div>
    <div class="ends" aria-hidden="true">${bins.map((bin, index) => html`<span>${index % everyOf(bins) === 0 ? bin.to : ''}</span>`)}</div>
    <p>connections that a source held at most; above each bar the number of sources</p>
  </div>`;
}

function refusedIn({ from, to }: PeakBin, peaks: readonly PeakCount[], candidate: number): number {
  if (candidate === 0) return 0;
  return peaks.reduce(
    (sum, { peak, sources }) => sum + (peak >= from && peak <= to && peak > candidate ? sources : 0),
    0,
  );
}

/** One source among thousands is still seen. */
function heightOf(sources: number, most: number): string {
  return sources === 0 ? '0' : `max(3px, ${(sources / most) * 85}%)`;
}

/** So that numbers do not run into each other. */
function everyOf(bins: readonly PeakBin[]): number {
  return Math.ceil(bins.length / 12);
}

type LimitProps = {
  readonly bins: readonly PeakBin[];
  readonly at: number;
  readonly kind: 'now' | 'candidate';
  readonly text: string;
};

/** A line behind all that a threshold lets through. */
function Limit({ bins, at, kind, text }: LimitProps): VNode {
  const within = bins.findIndex(({ to }) => at < to);
  const bin = bins[within];
  const share = bin === undefined ? 0 : Math.max(0, at - bin.from + 1) / (bin.to - bin.from + 1);
  const place = bin === undefined ? 1 : (within + share) / bins.length;
  // The text of the one in force stands behind it, where there is room.
  const side = kind === 'now' && place < 0.9 ? 'behind' : 'before';
  return html`<span class=${`limit ${kind} ${side}`} style=${{ left: `${place * 100}%` }} aria-hidden="true"><span>${text}</span></span>`;
}
