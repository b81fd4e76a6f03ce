import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyKeys } from '../../src/cluster/policy-keys.ts';

test('policies go by their names, and by ids where all nodes know them', () => {
  const policies = new Map([
    [1, { name: 'web' }],
    [2, { name: 'mail' }],
  ]);
  const keys = new PolicyKeys(policies, (policy) => (policy === 1 ? 'a' : undefined));
  assert.deepEqual([keys.keyOf(1), keys.keyOf(2), keys.keyOf(3)], ['web', 'mail', undefined]);
  assert.equal(keys.rowOf('web'), 1);
  keys.byId = true;
  const key = keys.keyOf(1) ?? '';
  assert.deepEqual([keys.rowOf(key), keys.rowOf('web'), keys.keyOf(2)], [1, undefined, 'mail']);
  policies.set(1, { name: 'shop' });
  policies.set(2, { name: 'web' });
  assert.deepEqual([keys.keyOf(1), keys.rowOf(key), keys.rowOf('web')], [key, 1, 2]);
});
