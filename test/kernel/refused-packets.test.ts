import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableReading } from '../../src/kernel/kernel-table.ts';
import { type KernelPlan, kernelPlanOf } from '../../src/kernel/plan.ts';
import { RefusedPackets, type Untold } from '../../src/kernel/refused-packets.ts';
import { rounds } from '../campaign.ts';
import { policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import fc from '../property.ts';

const source = { policy: 1, source: '198.51.100.7', prefix: 32 };
const place = { set: 'blocked1v4', address: source.source };

function plan(): KernelPlan {
  const policy = policyOf({
    endpoints: [{ address: '192.0.2.1', port: 80 }],
    rule: ruleOf({ threshold: 1, action: 'block-period' }),
  });
  const made = kernelPlanOf({ ...snapshotOf(policy), kernelBlock: 'drop' }, null, null);
  assert.ok(made !== null);
  return made;
}

/** A table in which the source has an element that says so much; null: it has none. `sum`: what the policy counts. */
function readingOf(packets: number | null, sum = 0): TableReading {
  return {
    rules: '',
    standing: null,
    elements: packets === null ? [] : [{ ...place, until: Number.POSITIVE_INFINITY, packets }],
    refused: new Map([['0.0.0.1', sum]]),
    answered: new Map(),
  };
}

function packetsOf(told: Untold[] = []): RefusedPackets {
  return new RefusedPackets((untold) => told.push(untold));
}

test('packets are counted once, whatever becomes of the element that counts them', () => {
  type Step = { readonly does: 'count' | 'take' | 'replace'; readonly packets: number };
  const steps = fc.array(
    fc.record({
      does: fc.constantFrom<Step['does']>('count', 'take', 'replace'),
      packets: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (course) => {
      const packets = packetsOf();
      const wanted = plan();
      let counter = 0;
      let sum = 0;
      let taken = 0;
      for (const { does, packets: more } of course) {
        if (does === 'take') taken += packets.take(source);
        if (does === 'replace') {
          packets.removed(place);
          counter = 0;
        }
        counter += more;
        sum += more;
        packets.read(readingOf(counter, sum), wanted);
        assert.equal(packets.of(source), sum);
      }
      assert.equal(taken + packets.take(source), sum);
      assert.equal(packets.total, sum);
      assert.equal(packets.take(source), 0);
    }),
    { numRuns: rounds(100, 2000) },
  );
});

test('what nobody has taken of a source is told when its block is long over', () => {
  const told: Untold[] = [];
  const packets = packetsOf(told);
  packets.read(readingOf(7), plan());
  assert.equal(packets.areComing, true);
  packets.take(source);
  packets.read(readingOf(9), plan());
  for (const _ of [1, 2, 3]) packets.read(readingOf(null), plan());
  assert.deepEqual(told, [{ ...source, packets: 2 }]);
  assert.equal(packets.areComing, false);
});

test('what an earlier process has counted is shown, and not told again', () => {
  const packets = packetsOf();
  packets.read(readingOf(7, 7), plan());
  packets.adopt();
  packets.read(readingOf(8, 8), plan());
  assert.deepEqual([packets.of(source), packets.take(source), packets.total], [8, 1, 8]);
});
