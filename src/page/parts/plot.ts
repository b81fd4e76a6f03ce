import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

export type Series = {
  readonly label: string;
  /** Name of a colour of the style sheet: `--admitted`. */
  readonly colour: string;
  readonly isFilled?: boolean;
};

/** A moment that is marked, in seconds since 1970. */
export type Mark = { readonly at: number; readonly label: string };

type Props = {
  /** What it shows, for whoever can't see it. */
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** One for each series; null: there is no telling. */
  readonly columns: readonly (readonly (number | null)[])[];
  readonly marks?: readonly Mark[];
  readonly height?: number;
};

/** Seconds between two times that are written: whole ones, as they are written. */
const labelled = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Lines over time. */
export function Plot({ label, times, series, columns, marks = [], height = 200 }: Props): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const marked = useRef(marks);
  marked.current = marks;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const make = (): UPlot => {
      plot.current?.destroy();
      const made = new UPlot(
        optionsOf(element, series, height, () => marked.current),
        [[]],
        element,
      );
      plot.current = made;
      return made;
    };
    make();
    const size = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    size.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const anew = (): void => make().setData(latest.current);
    scheme.addEventListener('change', anew);
    return () => {
      size.disconnect();
      scheme.removeEventListener('change', anew);
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);
  const latest = useRef<UPlot.AlignedData>([[]]);
  useEffect(() => {
    latest.current = [[...times], ...columns.map((column) => [...column])];
    plot.current?.setData(latest.current);
  }, [times]);
  return html`<div class="plot" ref=${place} role="img" aria-label=${label}></div>`;
}

function optionsOf(
  element: HTMLElement,
  series: readonly Series[],
  height: number,
  marks: () => readonly Mark[],
): UPlot.Options {
  const colour = (name: string): string => {
    // Only a used value has one of the two colours of light-dark().
    const probe = document.createElement('span');
    probe.style.color = `var(${name})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  const axis = {
    stroke: colour('--soft'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colour('--faint-edge'), width: 1 },
    ticks: { stroke: colour('--faint-edge'), width: 1, size: 4 },
  };
  const markColour = colour('--soft');
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [12, 8, 0, 0],
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, (most ?? 0) * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 26,
        values: (_plot, splits) => splits.map((at) => new Date(at * 1000).toTimeString().slice(0, 8)),
        space: 90,
        incrs: labelled,
      },
      { ...axis, size: 46, values: (_plot, splits) => splits.map((value) => compact.format(value)) },
    ],
    series: [
      {},
      ...series.map(({ label, colour: name, isFilled }) => ({
        label,
        stroke: colour(name),
        width: 1.5,
        points: { show: false },
        ...(isFilled ? { fill: transparent(colour(name)) } : {}),
      })),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, marks(), markColour)] },
  };
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function transparent(colour: string): string {
  return `color-mix(in srgb, ${colour} 14%, transparent)`;
}

function drawMarks({ ctx, bbox, valToPos }: UPlot, marks: readonly Mark[], colour: string): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.setLineDash([4, 4]);
  ctx.textAlign = 'left';
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  for (const { at, label } of marks) {
    const x = valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(label, x + 4, bbox.top + 10 * devicePixelRatio);
  }
  ctx.restore();
}
