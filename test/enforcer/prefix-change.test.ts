import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { start } from '../running/data-plane.ts';

const threshold = 4;
const changes = 16;
/** Attempts that are under way at a time. */
const load = 12;

test('prefixes change in one moment for all workers: never more than N, and N stay', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const members = [memberOf(member.port)];
  const snapshotWith = (prefixV4: number) =>
    snapshotOf(policyOf({ endpoints, members, rule: ruleOf({ threshold, prefixV4 }) }));
  await running.workers.apply(snapshotWith(24));

  let isOver = false;
  let admitted = 0;
  // Whoever is let in stays: by every prefix they are one source.
  const tryAgain = async (): Promise<void> => {
    while (!isOver) {
      const client = new Client('127.0.0.1', port, `127.0.0.${1 + Math.floor(Math.random() * 200)}`);
      if ((await client.outcome) !== 'admitted') continue;
      admitted++;
      running.clients.push(client);
    }
  };
  const trying = Array.from({ length: load }, tryAgain);
  for (let change = 0; change < changes; change++) {
    await running.workers.apply(snapshotWith(change % 2 === 0 ? 16 : 24));
  }
  isOver = true;
  await Promise.all(trying);
  assert.equal(admitted, threshold);
  assert.equal(running.held.length, threshold);
  assert.deepEqual(
    running
      .sources()
      .filter(({ open }) => open > 0)
      .map(({ source, prefix, open }) => [source, prefix, open]),
    [['127.0.0.0', 24, threshold]],
  );
});
