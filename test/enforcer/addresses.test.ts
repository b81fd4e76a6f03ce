import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startMember } from '../network/member.ts';
import { inNamespace } from '../network/namespace.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { start } from '../running/data-plane.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

test('over IPv6', { skip: hasIPv6 ? false : 'this machine has no ::1' }, async (context) => {
  const member = await startMember(context, undefined, '::1');
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '::1', port }];
  const members = [memberOf(member.port, { address: '::1' })];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule: ruleOf({ threshold: 2 }), members })));
  assert.deepEqual(await running.open(3, port, '::1'), ['admitted', 'admitted', 'reset']);
  assert.deepEqual(
    running.sources().map(({ source, prefix, open }) => [source, prefix, open]),
    [['::', 64, 2]],
  );
});

test('every IPv6 address is not every IPv4 address', {
  skip: hasIPv6 ? false : 'this machine has no ::1',
}, async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({ members: [memberOf(member.port)] });
  const all = { address: '::', port };
  await running.workers.apply(snapshotOf({ ...policy, endpoints: [all] }));
  assert.deepEqual(await running.open(1, port, '::1'), ['admitted']);
  assert.deepEqual(await running.open(1, port), ['closed']);
  await running.workers.apply(snapshotOf({ ...policy, endpoints: [all, { address: '0.0.0.0', port }] }));
  assert.deepEqual(await running.open(1, port), ['admitted']);
});

test('40 addresses of one /64 are limited as one', (context) => {
  const setUp = [
    // A whole network as local addresses, and leave to connect from any of them.
    'sysctl -w net.ipv6.ip_nonlocal_bind=1',
    'ip -6 route add local 2001:db8:1:2::/64 dev lo',
    'ip -6 route add local 2001:db8:1:3::/64 dev lo',
  ];
  const seen = inNamespace(context, setUp, join(import.meta.dirname, 'one-network.ts'));
  if (seen === undefined) return;
  assert.deepEqual(seen, {
    admitted: 5,
    reset: 35,
    neighbour: ['admitted'],
    sources: [
      ['2001:db8:1:2::', 64, 5],
      ['2001:db8:1:3::', 64, 1],
    ],
  });
});

test('forged half-open connections use nothing of what their victim may hold', (context) => {
  const setUp = [
    'python3 -c 0',
    'ip address add 10.9.9.1/32 dev lo',
    // Answers to the victim come back as packets to a stranger, which nobody takes.
    'ip route add 10.9.9.9/32 dev lo',
  ];
  const seen = inNamespace(context, setUp, join(import.meta.dirname, 'half-open.ts'));
  if (seen === undefined) return;
  const outcomes = [...Array<string>(5).fill('admitted'), 'reset'];
  assert.deepEqual(seen, { counted: 0, outcomes });
});
