/**
 * The Prometheus text format, version 0.0.4:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

/** One value of a family, with the values of its labels in the order of their names. */
export type Sample = { readonly of: readonly string[]; readonly value: number };

/** Values by the lowest bound that they keep, one more for those above all; and the sum of all values. */
export type Histogram = {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
};

/** Metrics of one name, and how they are read from what is measured. */
export type Family<Measured> = {
  readonly name: string;
  readonly help: string;
} & (
  | {
      readonly type: 'gauge' | 'counter';
      readonly labels: readonly string[];
      /** No two samples have the same label values. */
      readonly read: (measured: Measured) => Iterable<Sample>;
    }
  | { readonly type: 'histogram'; readonly read: (measured: Measured) => Histogram }
);

/** What an HTTP answer with this text says of itself. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** The lines of the text, without their ends; a family without a sample has none. */
export function* expositionLines<Measured>(
  families: readonly Family<Measured>[],
  measured: Measured,
): Generator<string> {
  for (const family of families) {
    const samples = [...samplesOf(family, measured)];
    if (samples.length === 0) continue;
    yield `# HELP ${family.name} ${escaped(family.help)}`;
    yield `# TYPE ${family.name} ${family.type}`;
    yield* samples;
  }
}

function* samplesOf<Measured>(family: Family<Measured>, measured: Measured): Generator<string> {
  const { name } = family;
  if (family.type === 'histogram') {
    yield* histogramLines(name, family.read(measured));
    return;
  }
  for (const { of, value } of family.read(measured)) {
    const labels = family.labels.map((label, index) => [label, of[index] ?? ''] as const);
    yield `${name}${labelText(labels)} ${numberText(value)}`;
  }
}

function* histogramLines(name: string, { bounds, counts, sum }: Histogram): Generator<string> {
  let total = 0;
  for (const [index, bound] of [...bounds, Number.POSITIVE_INFINITY].entries()) {
    total += counts[index] ?? 0;
    yield `${name}_bucket${labelText([['le', numberText(bound)]])} ${total}`;
  }
  yield `${name}_sum ${numberText(sum)}`;
  yield `${name}_count ${total}`;
}

function labelText(labels: readonly (readonly [name: string, value: string])[]): string {
  if (labels.length === 0) return '';
  const texts = labels.map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`);
  return `{${texts.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
