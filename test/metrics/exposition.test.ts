import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expositionLines, type Family } from '../../src/metrics/exposition.ts';
import { promtool, withPromtool } from './promtool.ts';

type Numbers = Readonly<Record<string, number>>;

const families: readonly Family<Numbers>[] = [
  {
    type: 'counter',
    name: 'levee_test_total',
    help: 'A \\ and a\nsecond line.',
    labels: ['policy'],
    read: (numbers) => Object.entries(numbers).map(([name, value]) => ({ of: [name], value })),
  },
  { type: 'gauge', name: 'levee_test_none', help: 'Of nothing.', labels: ['policy'], read: () => [] },
  {
    type: 'histogram',
    name: 'levee_test_seconds',
    help: 'Times.',
    read: () => ({ bounds: [0.5, 1], counts: [3, 0, 2], sum: 9.25 }),
  },
];

const hostile = [
  'a"b',
  'c\\d',
  'e\nf',
  '\u202egnp.exe',
  '<img onerror=x>',
  '',
  '\u{1f600}'.repeat(63),
  '{x="y"} 1',
];

function textOf(numbers: Numbers): string {
  return `${[...expositionLines(families, numbers)].join('\n')}\n`;
}

test('a family is its help, its type and its samples; one without a sample is not there', () => {
  assert.equal(
    textOf({ 'a"\\\nb': 2 ** 53 }),
    [
      '# HELP levee_test_total A \\\\ and a\\nsecond line.',
      '# TYPE levee_test_total counter',
      'levee_test_total{policy="a\\"\\\\\\nb"} 9007199254740992',
      '# HELP levee_test_seconds Times.',
      '# TYPE levee_test_seconds histogram',
      'levee_test_seconds_bucket{le="0.5"} 3',
      'levee_test_seconds_bucket{le="1"} 3',
      'levee_test_seconds_bucket{le="+Inf"} 5',
      'levee_test_seconds_sum 9.25',
      'levee_test_seconds_count 5',
      '',
    ].join('\n'),
  );
});

test('promtool reads any name and any number', withPromtool, () => {
  const values = [0, 1.5, -1, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-9];
  const numbers = Object.fromEntries(hostile.map((name, index) => [name, values[index] ?? 0]));
  assert.equal(promtool(['check', 'metrics'], textOf(numbers)), null);
});
