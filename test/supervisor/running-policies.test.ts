import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunningPolicies } from '../../src/supervisor/keepers/running-policies.ts';
import { policyOf, snapshotOf } from '../policy/snapshots.ts';

const [first, second, third] = [1, 2, 3].map((id) => policyOf({ id }));

function make() {
  const running = new RunningPolicies();
  return { running, ids: () => [...running.all.keys()].sort() };
}

test('a policy is known until the data plane has told all of it', () => {
  const { running, ids } = make();
  assert.ok(first !== undefined && second !== undefined);
  const before = snapshotOf(first, second);
  running.begin(before);
  running.finish(before);
  const after = snapshotOf(second);
  running.begin(after);
  assert.deepEqual(ids(), [1, 2]);
  running.finish(after);
  assert.deepEqual(ids(), [2]);
});

test('a commit that ends while the next one is under way forgets nothing of that', () => {
  const { running, ids } = make();
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const one = snapshotOf(first, second);
  const other = snapshotOf(second, third);
  running.begin(one);
  running.begin(other);
  running.finish(one);
  assert.deepEqual(ids(), [1, 2, 3]);
  running.finish(other);
  assert.deepEqual(ids(), [2, 3]);
});
