import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adviseThreshold, type PeakCount } from '../../src/verdict/upkeep/threshold-advice.ts';
import fc from '../property.ts';

function countsOf(peaks: readonly number[]): PeakCount[] {
  return [...new Set(peaks)]
    .sort((one, other) => one - other)
    .map((peak) => ({ peak, sources: peaks.filter((each) => each === peak).length }));
}

function choicesOf(peaks: readonly PeakCount[]) {
  return Object.fromEntries(adviseThreshold(peaks).choices.map(({ name, ...choice }) => [name, choice]));
}

describe('advice on a threshold', () => {
  it('says whom each share of the sources would have hit', () => {
    const peaks = countsOf([...Array<number>(1960).fill(2), ...Array<number>(36).fill(5), 7, 8, 9, 9]);
    assert.deepEqual(choicesOf(peaks), {
      p99: { threshold: 5, hit: 4, headroom: 0, isFounded: true },
      'p99.9': { threshold: 8, hit: 2, headroom: 0, isFounded: true },
      maximum: { threshold: 9, hit: 0, headroom: 0, isFounded: true },
      advised: { threshold: 14, hit: 0, headroom: 5, isFounded: true },
    });
  });

  it('makes no room for who stands far above all others', () => {
    const peaks = [
      { peak: 4, sources: 500 },
      { peak: 400, sources: 2 },
    ];
    const { choices, leavesOut } = adviseThreshold(peaks);
    assert.equal(leavesOut, 2);
    assert.deepEqual(choices.at(-1), { name: 'advised', threshold: 6, hit: 2, headroom: 2, isFounded: true });
  });

  it('says when it rests on too few', () => {
    const few = adviseThreshold([{ peak: 4, sources: 99 }]);
    assert.ok(few.isTooFew);
    assert.deepEqual(
      few.choices.map(({ isFounded }) => isFounded),
      [false, false, true, false],
    );
    assert.ok(!adviseThreshold([{ peak: 4, sources: 100 }]).isTooFew);
    assert.deepEqual(adviseThreshold([]), {
      sources: 0,
      maximum: 0,
      isTooFew: true,
      leavesOut: 0,
      choices: [],
    });
  });

  it('lets through the share that it says, with no lower threshold', () => {
    const peaksArbitrary = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(peaksArbitrary, (peaks) => {
        const within = (threshold: number): number => peaks.filter((peak) => peak <= threshold).length;
        for (const { name, threshold, hit, headroom } of adviseThreshold(countsOf(peaks)).choices) {
          assert.equal(hit, peaks.length - within(threshold));
          const share = { p99: 0.99, 'p99.9': 0.999, maximum: 1, advised: 0 }[name];
          assert.ok(within(threshold) >= share * peaks.length - 1e-6);
          if (name !== 'advised') assert.ok(within(threshold - 1) < share * peaks.length);
          assert.ok(threshold <= 100_000 && headroom >= 0);
        }
      }),
    );
  });
});
