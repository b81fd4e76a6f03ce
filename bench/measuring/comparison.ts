import { median, quantile } from './statistics.ts';
import { number } from './table.ts';

/** What was measured in one round. */
export type Sample = {
  readonly value: number;
  /** The part of the time (0 to 1) that the proxy computed; NaN where that says nothing. */
  readonly busy: number;
  /** What went wrong, or ''. */
  readonly fault: string;
};

/** Two that are held against each other, a round of one after a round of the other. */
export type Comparison = {
  readonly title: string;
  readonly unit: string;
  /** For the ratio of the first to the second; null: it is shown, and that is all. */
  readonly aim: { readonly most: number } | { readonly least: number } | null;
  readonly rounds: number;
  /** What comes before the rounds: most code is compiled only after it has run some ten thousand times. */
  readonly warm?: () => Promise<void>;
  readonly ours: () => Promise<Sample>;
  readonly theirs: () => Promise<Sample>;
};

/** Below this, whoever makes the load, or another program, was what held it up. */
const fullyBusy = 0.85;

function aimText(aim: Comparison['aim']): string {
  if (aim === null) return '-';
  return 'most' in aim ? `<= ${aim.most}` : `>= ${aim.least}`;
}

function isMet(aim: Comparison['aim'], ratio: number): string {
  if (aim === null) return '';
  return ('most' in aim ? ratio <= aim.most : ratio >= aim.least) ? 'met' : 'missed';
}

/** The cells of one row: title, both medians, the ratio with its least and most, aim, whether it is met, remarks. */
export async function compare({
  title,
  unit,
  aim,
  rounds,
  warm,
  ours,
  theirs,
}: Comparison): Promise<string[]> {
  await warm?.();
  const pairs: { readonly one: Sample; readonly other: Sample }[] = [];
  for (let round = 0; round < rounds; round++) {
    // Who comes first has the other's warm caches against it: they take turns.
    if (round % 2 === 0) {
      const other = await theirs();
      pairs.push({ one: await ours(), other });
    } else {
      const one = await ours();
      pairs.push({ one, other: await theirs() });
    }
  }
  const ratios = pairs.map(({ one, other }) => one.value / other.value);
  const ratio = median(ratios);
  const remarks = new Set(pairs.flatMap(({ one, other }) => [one.fault, other.fault]).filter(Boolean));
  const lazy = (sample: 'one' | 'other'): boolean =>
    median(pairs.map((pair) => pair[sample].busy)) < fullyBusy;
  const limited = [lazy('one') ? 'ours' : '', lazy('other') ? 'theirs' : ''].filter(Boolean);
  if (limited.length > 0) remarks.add(`the load was the limit: ${limited.join(', ')}`);
  const value = (sample: 'one' | 'other'): string =>
    `${number(median(pairs.map((pair) => pair[sample].value)))} ${unit}`;
  return [
    title,
    value('one'),
    value('other'),
    `${ratio.toFixed(2)} (${quantile(ratios, 0).toFixed(2)} - ${quantile(ratios, 1).toFixed(2)})`,
    aimText(aim),
    isMet(aim, ratio),
    [...remarks].join('; '),
  ];
}
