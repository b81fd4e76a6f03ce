import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenerDifference, listenersOf } from '../../src/policy/difference.ts';
import fc from '../property.ts';
import { policyOf, snapshotOf } from './snapshots.ts';

const endpoint = fc.record({
  address: fc.constantFrom('10.0.0.1', '10.0.0.2', '::1', '0.0.0.0'),
  port: fc.constantFrom(80, 443, 8080),
});
const policy = fc.record({ enabled: fc.boolean(), endpoints: fc.array(endpoint, { maxLength: 4 }) });
const snapshot = fc
  .array(policy, { maxLength: 4 })
  .map((policies) =>
    snapshotOf(...policies.map((partial, index) => policyOf({ id: index + 1, ...partial }))),
  );

test('what is closed and opened turns one set of listeners into the other, and touches nothing else', () => {
  fc.assert(
    fc.property(snapshot, snapshot, (before, after) => {
      const standing = new Set(listenersOf(before).keys());
      const wanted = listenersOf(after);
      const { close, open } = listenerDifference(standing, wanted);
      const kept = [...standing].filter((key) => wanted.has(key));
      for (const key of close) assert.ok(standing.delete(key));
      for (const plan of open) {
        const key = `${plan.address} ${plan.port}`;
        assert.ok(!standing.has(key));
        standing.add(key);
        assert.equal(wanted.get(key), plan);
      }
      assert.deepEqual([...standing].sort(), [...wanted.keys()].sort());
      for (const key of kept) assert.ok(!close.includes(key));
    }),
  );
});

test('a disabled policy has no listener', () => {
  const endpoints = [{ address: '10.0.0.1', port: 80 }];
  assert.equal(listenersOf(snapshotOf(policyOf({ enabled: false, endpoints }))).size, 0);
  assert.deepEqual(
    [...listenersOf(snapshotOf(policyOf({ id: 3, endpoints })))],
    [['10.0.0.1 80', { address: '10.0.0.1', port: 80, policy: 3 }]],
  );
});
