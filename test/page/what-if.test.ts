import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highestCandidate, whatIf } from '../../src/page/threshold/what-if.ts';
import type { AdviceReport } from '../../src/system/reports/advice.ts';

const advice: AdviceReport = {
  policy: 'web',
  threshold: 30,
  sources: 106,
  maximum: 42,
  isTooFew: false,
  leavesOut: 0,
  choices: [],
  capped: 0,
  peaks: [
    { peak: 2, sources: 100 },
    { peak: 18, sources: 3 },
    { peak: 25, sources: 2 },
    { peak: 42, sources: 1 },
  ],
  highest: [
    { source: '192.0.2.9', peak: 42 },
    { source: '192.0.2.8', peak: 25 },
  ],
};

test('a candidate refuses whoever held more, and leaves the others room', () => {
  const at20 = whatIf(advice, 20);
  assert.deepEqual([at20.refused, at20.sources, at20.headroom], [3, 106, 2]);
  assert.deepEqual(
    at20.named.map(({ source }) => source),
    ['192.0.2.9', '192.0.2.8'],
  );
  assert.deepEqual([whatIf(advice, 25).refused, whatIf(advice, 1).headroom], [1, null]);
  assert.deepEqual([whatIf(advice, 0).refused, whatIf(advice, 0).headroom], [0, null]);
});

test('above a threshold that refuses nothing is certain, and the slider goes beyond it', () => {
  const capped = { ...advice, capped: 2 };
  assert.deepEqual(
    [10, 29, 30, 50, 0].map((candidate) => whatIf(capped, candidate).isUncertain),
    [false, false, true, true, true],
  );
  assert.equal(highestCandidate(advice), 60);
  assert.equal(highestCandidate({ ...advice, threshold: null, maximum: 0 }), 20);
  assert.equal(highestCandidate({ ...advice, maximum: 65_000 }), 65_536);
});
