import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWhole, rounds } from '../campaign.ts';
import { Client, type Outcome } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { FailingWorkers } from '../running/failing-workers.ts';

const deaths = rounds(2, 20);
const threshold = 12;

for (const workers of isWhole ? [2, 4] : [2])
  test(`who is cut by the death of one of ${workers} workers comes in again at once, however full their source was`, async (context) => {
    const failing = new FailingWorkers();
    const member = await startMember(context);
    const running = start(context, { workers, spawn: failing.spawn });
    const port = await freePort();
    const endpoints = [{ address: '127.0.0.1', port }];
    const rule = ruleOf({ threshold, action: 'alert_deny' });
    await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
    const again: Promise<Outcome>[] = [];
    let isOver = false;
    const watched = new Set<Client>();
    const comesAgain = (client: Client): void => {
      if (watched.has(client)) return;
      watched.add(client);
      void client.end.then(() => {
        if (isOver) return;
        const next = new Client('127.0.0.1', port);
        running.clients.push(next);
        again.push(next.outcome);
      });
    };
    for (let death = 1; death <= deaths; death++) {
      await running.open(threshold - running.held.length, port);
      again.splice(0);
      for (const client of running.held) comesAgain(client);
      const { counts } = running.workers.status();
      const victim = counts.findIndex(({ connections }) => connections > 0);
      const cut = counts[victim]?.connections ?? 0;
      void failing.current.get(victim + 1)?.terminate();
      await until('it is known', () => running.told('worker-ended').length === death);
      await until('all have come again', () => again.length >= cut);
      assert.deepEqual(await Promise.all(again), Array(again.length).fill('admitted'), `death ${death}`);
      await until('it is replaced', () => failing.started.length === workers + death);
    }
    isOver = true;
  });
