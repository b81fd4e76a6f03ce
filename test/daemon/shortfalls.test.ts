import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shortfalls } from '../../src/daemon/shortfalls.ts';
import { kernelNotAnswering, kernelNotBlocking } from '../../src/events/kernel.ts';
import { policyOf, snapshotOf } from '../policy/snapshots.ts';

const web = kernelNotAnswering({ policy: 1, reason: 'no nft', hasCookies: true });
const mail = kernelNotAnswering({ policy: 2, reason: 'no nft', hasCookies: true });
const blocking = kernelNotBlocking({ reason: 'no nft', table: '' });

test('what can not be done is told when it begins, and when what it is about changes', () => {
  const shortfalls = new Shortfalls();
  const first = policyOf({ id: 1, name: 'web', halfOpenThreshold: 100 });
  const second = policyOf({ id: 2, name: 'mail', halfOpenThreshold: 100 });
  const one = snapshotOf(first);
  assert.deepEqual(shortfalls.newOf([web], one), [web], 'asking is not telling');
  assert.deepEqual(shortfalls.replace([web], one), [web]);
  assert.deepEqual(shortfalls.replace([web], { ...one, idleTimeout: 7 }), []);
  assert.deepEqual(shortfalls.replace([web], snapshotOf({ ...first, name: 'www', balance: 'other' })), []);
  assert.deepEqual(shortfalls.replace([web, mail], snapshotOf(first, second)), [mail]);
  const lower = snapshotOf({ ...first, halfOpenThreshold: 50 }, second);
  assert.deepEqual(shortfalls.newOf([web, mail], lower), [web]);
  assert.deepEqual(shortfalls.replace([web, mail], lower), [web]);
  assert.deepEqual(shortfalls.replace([mail], lower), []);
  assert.deepEqual(shortfalls.replace([web, mail], lower), [web], 'it had been done meanwhile');
});

test('of the kernel as a whole it is about what the kernel is to do', () => {
  const shortfalls = new Shortfalls();
  const dropping = { ...snapshotOf(), kernelBlock: 'drop' } as const;
  assert.deepEqual(shortfalls.replace([blocking], dropping), [blocking]);
  assert.deepEqual(shortfalls.replace([blocking], { ...dropping, revision: 9 }), []);
  assert.deepEqual(shortfalls.replace([blocking], { ...dropping, kernelBlock: 'reset' }), [blocking]);
});
