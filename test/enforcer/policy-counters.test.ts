import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyCounts } from '../../src/enforcer/worker/policy-counters.ts';
import { buildAddressMap } from '../../src/net/address-map.ts';
import { BLACK, type PolicySnapshot } from '../../src/policy/snapshot.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { type Running, start } from '../running/data-plane.ts';
import { FailingWorkers } from '../running/failing-workers.ts';
import { scriptsOf } from '../running/scripted.ts';
import { fromPeers, headerOf, speaking } from './proxied.ts';

const id = 1;

function countsOf({ workers }: Running): PolicyCounts {
  const counts = workers.tallies().policies.get(id);
  assert.ok(counts, 'the policy is counted');
  return counts;
}

/** What has been refused so far, without the reasons that have not occurred. */
function refusedBy(running: Running): Record<string, number> {
  return Object.fromEntries(Object.entries(countsOf(running).refused).filter(([, count]) => count > 0));
}

test('what a policy accepts and refuses is counted by reason, over its versions and names', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2, timeouts: { header: 20 } });
  const port = await freePort();
  let current: Partial<PolicySnapshot> = {
    id,
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
  };
  const change = async (policy: Partial<PolicySnapshot>): Promise<void> => {
    current = { ...current, ...policy };
    await running.workers.apply(snapshotOf(policyOf(current)));
  };
  const leave = async (): Promise<void> => {
    for (const { socket } of running.clients.splice(0)) socket.destroy();
    await running.untilIdle();
  };

  await change({ rule: ruleOf({ threshold: 2 }) });
  await running.open(3, port);
  assert.deepEqual(refusedBy(running), { threshold: 1 });
  assert.equal(countsOf(running).admitted, 2);
  await leave();
  await until('both ends are counted', () => {
    const { ended } = countsOf(running);
    return Object.values(ended).reduce((sum, count) => sum + count, 0) === 2;
  });

  await change({ name: 'renamed', rule: ruleOf({ threshold: 2, action: 'deny_no_log' }) });
  await running.open(3, port);
  assert.deepEqual(refusedBy(running), { threshold: 2 });

  await change({ rule: ruleOf({ threshold: 2, action: 'block-period', blockPeriod: 60 }) });
  await running.open(3, port);
  assert.deepEqual(refusedBy(running), { threshold: 3, block: 2 });
  assert.equal(countsOf(running).blocks, 1);
  await leave();

  const addresses = buildAddressMap([{ text: '127.0.0.7', marks: BLACK }]);
  const ipList = {
    name: 'list',
    action: 'alert_deny',
    blockPeriod: 60,
    severity: 'Low',
    triggerPolicy: '',
    addresses,
    allowOnly: false,
    expires: null,
  } as const;
  await change({ rule: null, ipList });
  await running.open(1, port, '127.0.0.1', '127.0.0.7');
  assert.deepEqual(refusedBy(running), { threshold: 3, block: 2, ip_list: 1 });

  await change({ ipList, monitorMode: true });
  const { admitted } = countsOf(running);
  await running.open(1, port, '127.0.0.1', '127.0.0.7');
  await running.open(1, port, '127.0.0.1', '127.0.0.8');
  assert.equal(countsOf(running).admitted, admitted + 2);
  assert.equal(countsOf(running).wouldRefuse, 1);
  await leave();

  await change({ monitorMode: false, ipList: null, proxyProtocol: fromPeers('127.0.0.0/8') });
  const silent = speaking(port, new Uint8Array());
  await silent.outcome;
  await until('its header is late', () => countsOf(running).refused.header === 1);
  await change({ rule: ruleOf({ threshold: 1 }) });
  const clients = [1, 2].map(() => speaking(port, headerOf('192.0.2.1')));
  running.clients.push(silent, ...clients);
  await until('one of the announced sources is refused', () => countsOf(running).refused.threshold === 4);
  await leave();

  const before = refusedBy(running);
  await change({ rule: null, proxyProtocol: null, scripts: scriptsOf('when TCP_ACCEPTED { TCP:reject() }') });
  await running.open(1, port);
  await until('what a script rejects is counted', () => countsOf(running).refused.script === 1);
  await change({ scripts: [], members: [] });
  await running.open(1, port);
  await until('so is what no member takes', () => countsOf(running).refused.no_member === 1);
  assert.deepEqual(refusedBy(running), { ...before, script: 1, no_member: 1 });
  assert.equal(countsOf(running).ended.script, 1);
  assert.equal(countsOf(running).ended['no-member'], 1);

  const { counts } = running.workers.tallies().verdicts;
  const verdicts = running.workers.status().counts.reduce((sum, one) => sum + one.admitted + one.refused, 0);
  assert.ok(
    counts.reduce((sum, count) => sum + count, 0) >= verdicts - 2,
    'each verdict was timed, but for those on announced sources',
  );

  await running.workers.apply(snapshotOf());
  assert.equal(running.workers.tallies().policies.size, 0, 'they go with the policy');
});

test('the counts of a worker that dies stay, and its replacement goes on', async (context) => {
  const failing = new FailingWorkers({ maxOldGenerationSizeMb: 48 });
  const member = await startMember(context);
  const running = start(context, { spawn: failing.spawn });
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  await running.workers.apply(
    snapshotOf(policyOf({ id, endpoints, rule: ruleOf({ threshold: 1 }), members: [memberOf(member.port)] })),
  );
  await running.open(2, port);
  const before = countsOf(running);
  await failing.started[0]?.terminate();
  await until('its end is known', () => running.told('worker-ended').length > 0);
  assert.deepEqual(countsOf(running), before);
  assert.equal(running.workers.tallies().restarts, 1);
  for (const { socket } of running.clients) socket.destroy();
  await until('it is replaced', () => failing.started.length === 2);
  await running.open(2, port);
  assert.equal(countsOf(running).admitted, 2);
  assert.deepEqual(refusedBy(running), { threshold: 2 });
  assert.ok(running.workers.beats().every((beat) => beat !== null && beat < 60_000));
});
