import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { isWhole } from '../campaign.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { openSockets } from '../network/open-sockets.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { FailingWorkers } from '../running/failing-workers.ts';

const threshold = 6;

const ends: Record<string, (worker: Worker) => void> = {
  'heap exhausted': (worker) => worker.postMessage({ test: 'exhaust' }),
  'a throw': (worker) => worker.postMessage({ test: 'throw' }),
  terminate: (worker) => void worker.terminate(),
};

for (const [cause, end] of Object.entries(ends)) {
  for (const workers of [1, isWhole ? 3 : 2]) {
    test(`${cause}, workers: ${workers}: counts are given back, N are admitted again`, async (context) => {
      const failing = new FailingWorkers({ maxOldGenerationSizeMb: 48 });
      const member = await startMember(context);
      const running = start(context, { workers, spawn: failing.spawn });
      const port = await freePort();
      const endpoints = [{ address: '127.0.0.1', port }];
      const rule = ruleOf({ threshold: threshold });
      const members = [memberOf(member.port)];
      await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members })));
      const before = openSockets();

      await running.open(threshold, port);
      assert.equal(running.counted, threshold);
      const holds = running.workers.status().counts.map(({ connections }) => connections);
      const victim = holds.findIndex((count) => count > 0);
      const held = holds[victim] ?? 0;

      // Another source goes on all the while: the other workers never stop, and what waits is not lost.
      let isProbing = true;
      const probes: string[] = [];
      const probing = (async () => {
        while (isProbing) {
          const client = new Client('127.0.0.1', port, '127.0.0.9');
          probes.push(await client.outcome);
          client.socket.destroy();
        }
      })();

      const worker = failing.started[victim];
      assert.ok(worker);
      end(worker);
      await until('its end is known', () => running.told('worker-ended').length > 0);
      const [event] = running.told('worker-ended');
      assert.ok(event);
      assert.equal(event.worker, victim + 1);
      assert.ok(event.connections >= held);
      const mine = (): number => running.sources().find(({ source }) => source === '127.0.0.1')?.open ?? 0;
      await until('its counts are given back', () => mine() === threshold - held);
      await until('its clients are cut', () => running.held.length === threshold - held);
      const asked = probes.length;
      await until('others are still admitted', () => probes.length > asked + 10);
      isProbing = false;
      await probing;
      const lost = probes.filter((outcome) => outcome !== 'admitted');
      assert.ok(lost.length <= 1, `${lost.length} were lost, not only the one that the worker had`);

      const outcomes = await running.open(held + 1, port);
      assert.deepEqual(outcomes, [...Array<string>(held).fill('admitted'), 'reset']);
      await until('it is replaced', () => failing.started.length === workers + 1);
      for (const { socket } of running.clients) socket.destroy();
      await running.untilIdle();
      await until('no socket is left behind', () => openSockets() <= before);
    });
  }
}

test('the counts of a worker that ends are not given back before its descriptors are closed', async (context) => {
  const failing = new FailingWorkers();
  const member = await startMember(context);
  const running = start(context, { spawn: failing.spawn });
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, members: [memberOf(member.port)] })));
  const [base] = [openSockets()];
  await running.open(20, port);
  // Each connection is four sockets in this process: the client's, the member's, and Levee's two.
  assert.equal(openSockets(), base + 80);
  const { promise, resolve } = Promise.withResolvers<readonly [number, number]>();
  let before = 0;
  // In the first place, and in the last: between the two the main thread closes what is left, and then counts.
  failing.started[0]?.prependListener('exit', () => {
    before = running.counted;
  });
  failing.started[0]?.on('exit', () => resolve([running.counted, openSockets()]));
  void failing.started[0]?.terminate();
  const [after, sockets] = await promise;
  assert.deepEqual([before, after], [20, 0]);
  // The clients' and the members' ends, and the listeners that the main thread keeps.
  assert.ok(sockets <= base + 40, `${sockets - base} of 80 sockets are open`);
});
