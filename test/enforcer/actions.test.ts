import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action } from '../../src/policy/snapshot.ts';
import type { Outcome } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { type Running, start } from '../running/data-plane.ts';

function repeated(count: number, outcome: Outcome): Outcome[] {
  return Array<Outcome>(count).fill(outcome);
}

type Case = {
  readonly action: Action;
  readonly monitorMode: boolean;
  /** Of the connection that comes when ten are held. */
  readonly eleventh: Outcome;
  readonly records: number;
  /** How many of the ten are left, once a record or a refusal has had its effect. */
  readonly left: number;
};

const cases: readonly Case[] = [
  { action: 'alert', monitorMode: false, eleventh: 'admitted', records: 1, left: 10 },
  { action: 'alert_deny', monitorMode: false, eleventh: 'reset', records: 1, left: 10 },
  { action: 'deny_no_log', monitorMode: false, eleventh: 'reset', records: 0, left: 10 },
  { action: 'block-period', monitorMode: false, eleventh: 'reset', records: 1, left: 0 },
  { action: 'alert', monitorMode: true, eleventh: 'admitted', records: 1, left: 10 },
  { action: 'alert_deny', monitorMode: true, eleventh: 'admitted', records: 1, left: 10 },
  { action: 'deny_no_log', monitorMode: true, eleventh: 'admitted', records: 1, left: 10 },
  { action: 'block-period', monitorMode: true, eleventh: 'admitted', records: 1, left: 10 },
];

for (const workers of [1, 2])
  test(`at threshold 10, workers: ${workers}`, async (context) => {
    const member = await startMember(context);
    const running = start(context, { workers });
    for (const [index, each] of cases.entries()) {
      const { action, monitorMode } = each;
      await context.test(`${action}${monitorMode ? ' under monitor-mode' : ''}`, async () => {
        const port = await freePort();
        const rule = ruleOf({ threshold: 10, action });
        const endpoints = [{ address: '127.0.0.1', port }];
        const members = [memberOf(member.port)];
        // Of another policy nothing is counted, and the one before is deleted, with its connections.
        const policy = { id: index + 1, name: `web ${index + 1}`, monitorMode, endpoints, rule, members };
        await running.workers.apply(snapshotOf(policyOf(policy)));
        await running.untilIdle();
        running.clients.length = 0;
        running.violations.length = 0;
        await assertLimited(running, port, each);
      });
    }
  });

async function assertLimited(
  running: Running,
  port: number,
  { eleventh, records, left }: Case,
): Promise<void> {
  assert.deepEqual(await running.open(10, port), repeated(10, 'admitted'));
  assert.equal(running.counted, 10);
  const ten = running.held;
  assert.deepEqual(await running.open(2, port), repeated(2, eleventh));
  await until('the report is here', () => running.violations.length === records);
  await until(
    'what is cut is cut',
    () => ten.filter((client) => running.held.includes(client)).length === left,
  );
  if (records === 0) return;
  const [record] = running.violations;
  assert.equal(record?.phase, 'start');
  assert.equal(record?.source, '127.0.0.1');
  // A client that was reset before it looked does not know its own port.
  const { port: known = 0 } = running.clients[10] ?? {};
  if (eleventh === 'admitted' || known !== 0) assert.equal(record?.sourcePort, known);
  else assert.notEqual(record?.sourcePort, 0);
  assert.equal(record?.destination, '127.0.0.1');
  assert.equal(record?.destinationPort, port);
  assert.equal(record?.threshold, 10);
  assert.equal(record?.open, eleventh === 'admitted' ? 11 : 10);
  assert.equal(record?.count, 1);
}

test('alert_deny: closing one admits one, and no more', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const rule = ruleOf({ threshold: 10 });
  const members = [memberOf(member.port)];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members })));

  await running.open(10, port);
  assert.deepEqual(await running.open(1, port), ['reset']);
  running.clients[3]?.close();
  await until('it no longer counts', () => running.counted === 9);
  assert.deepEqual(await running.open(2, port), ['admitted', 'reset']);
});

test('threshold 0 and a policy without a rule limit nobody', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  for (const rule of [ruleOf({ threshold: 0 }), null]) {
    const port = await freePort();
    const endpoints = [{ address: '127.0.0.1', port }];
    await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
    assert.deepEqual(await running.open(50, port), repeated(50, 'admitted'));
  }
  assert.deepEqual(running.violations, []);
});

test('block-period: the end does not move, and new connections are refused until then', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const rule = ruleOf({ threshold: 2, action: 'block-period', blockPeriod: 1 });
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));

  assert.deepEqual(await running.open(3, port), ['admitted', 'admitted', 'reset']);
  await until('what it held is cut', () => running.held.length === 0);
  const blockedUntil = running.sources()[0]?.blockedUntil;
  assert.notEqual(blockedUntil ?? null, null);
  while (running.sources()[0]?.blockedUntil === blockedUntil) {
    const [outcome] = await running.open(1, port);
    if (outcome === 'admitted') break;
  }
  assert.ok((running.workers.status().counts[0]?.refused ?? 0) > 3);
  assert.deepEqual(await running.open(1, port), ['admitted']);
});
