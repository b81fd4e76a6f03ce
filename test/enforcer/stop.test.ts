import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMember } from '../network/member.ts';
import { openSockets } from '../network/open-sockets.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { Running } from '../running/data-plane.ts';
import { FailingWorkers } from '../running/failing-workers.ts';

test('stop resets the connections, frees the port and ends the threads', async (context) => {
  const member = await startMember(context);
  const before = openSockets();
  const failing = new FailingWorkers();
  const running = new Running({ workers: 2, spawn: failing.spawn });
  const port = await freePort();
  const policy = policyOf({ endpoints: [{ address: '127.0.0.1', port }], members: [memberOf(member.port)] });
  await running.workers.apply(snapshotOf(policy));
  await running.open(10, port);
  await running.workers.stop();
  await until('the clients know', () => running.held.length === 0);
  assert.ok(running.clients.every(({ error }) => error === 'ECONNRESET'));
  assert.equal(failing.alive, 0);
  assert.equal(running.counted, 0);
  assert.deepEqual(await running.open(1, port), ['closed']);
  await until('no socket is left behind', () => openSockets() <= before);
  assert.deepEqual(running.unexpected, []);
});

test('stop tells of every violation: what waits to be posted, and what running episodes have counted', async (context) => {
  const member = await startMember(context);
  const running = new Running({ workers: 2 });
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    rule: ruleOf({ action: 'alert_deny', threshold: 2 }),
  });
  await running.workers.apply(snapshotOf(policy));
  await running.open(2 + 7, port);
  await running.workers.stop();
  assert.equal(running.violations.length, 1);
  assert.deepEqual(
    running.episodeEnds.map(({ count }) => count),
    [6],
  );
});

test('stop before anything was applied, and a change that comes too late', async () => {
  const running = new Running({ workers: 1 });
  await running.workers.stop();
  await running.workers.apply(snapshotOf(policyOf({ endpoints: [{ address: '127.0.0.1', port: 1 }] })));
  assert.deepEqual(running.workers.status().listeners, []);
});
