/** A policy must not lead to itself: each of its connections would open the next, until there is no descriptor left. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startMember } from '../network/member.ts';
import { inNamespace } from '../network/namespace.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';

const program = join(import.meta.dirname, 'hidden-loops.ts');
const attempts = 20;
/** Those of one client and its member, and what may pass before it is noticed. */
const fewDescriptors = 32;

test('what comes back to Levee from a policy of its own is reset, and takes no descriptors', async (context) => {
  for (const workers of [1, 3]) {
    const running = start(context, { workers });
    const [first, second] = [await freePort(), await freePort()];
    // No commit lets this through.
    await running.workers.apply(
      snapshotOf(
        policyOf({ id: 1, endpoints: [{ address: '127.0.0.1', port: first }], members: [memberOf(second)] }),
        policyOf({ id: 2, endpoints: [{ address: '127.0.0.1', port: second }], members: [memberOf(first)] }),
      ),
    );
    let most = 0;
    for (let attempt = 0; attempt < attempts; attempt++) {
      assert.deepEqual(await running.open(1, first), ['reset']);
      most = Math.max(most, running.descriptors);
    }
    assert.ok(most <= fewDescriptors, `${most} descriptors`);
    const looped = running.workers.status().counts.reduce((sum, counts) => sum + counts.looped, 0);
    assert.ok(looped >= attempts);
    await until('it is told', () => running.events.some(({ type }) => type === 'loop-refused'));
  }
});

test('a policy that has another as its server goes on: that is no loop', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const [first, second] = [await freePort(), await freePort()];
  const endpoints = (port: number) => [{ address: '127.0.0.1', port }];
  const members = [memberOf(second), memberOf(member.port)] as const;
  await running.workers.apply(
    snapshotOf(
      policyOf({ id: 1, endpoints: endpoints(first), members: [members[0]] }),
      policyOf({ id: 2, endpoints: endpoints(second), members: [members[1]], chainedFrom: [1] }),
    ),
  );
  assert.deepEqual(await running.open(5, first), Array(5).fill('admitted'));
  assert.equal(member.accepted, 5);
});

test('a server whose name means Levee itself is not connected to', async (context) => {
  const member = await startMember(context);
  let address = '127.0.0.1';
  const running = start(context, { lookup: async () => [address] });
  const port = await freePort();
  const endpoints = [{ address: '0.0.0.0', port }];
  const named = memberOf(port, { address: '', domain: 'server.test' });
  const snapshotWith = (more: Parameters<typeof policyOf>[0]) =>
    snapshotOf(policyOf({ endpoints, members: [named, memberOf(member.port, { backup: true })], ...more }));
  await running.workers.apply(snapshotWith({}));
  await until('the name is looked up', () => running.events.some(({ type }) => type === 'name-looped'));
  assert.deepEqual(await running.open(2, port), ['admitted', 'admitted']);
  assert.equal(
    running.workers.members().find(({ id }) => id === named.id)?.reason,
    'server.test is Levee itself',
  );
  address = '127.0.0.2';
  await running.workers.apply(snapshotWith({ balance: 'least-connections' }));
  assert.equal(running.events.filter(({ type }) => type === 'name-looped').length, 1);
  // It is a server again as soon as nobody listens there.
  await running.workers.apply(snapshotWith({ endpoints: [{ address: '127.0.0.3', port }] }));
  assert.equal(running.workers.members().find(({ id }) => id === named.id)?.state, 'unknown');
});

test('nor does it help that an address becomes one of Levee later, or that the system sends it round', (context) => {
  const seen = inNamespace(context, [], program);
  if (seen === undefined) return;
  const { later, sentRound } = Object(seen);
  assert.deepEqual(later, { outcomes: Array(5).fill('reset'), few: true, told: true });
  if (sentRound === null) context.diagnostic('nft is not installed: nothing is sent round');
  else assert.deepEqual(sentRound, { outcomes: Array(5).fill('reset'), few: true, told: true });
});
