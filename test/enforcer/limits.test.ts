import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptorBudget, descriptorsForConnections } from '../../src/enforcer/sockets/descriptors.ts';
import { softDescriptorLimit } from '../../src/enforcer/sockets/system-calls.ts';
import { Client } from '../network/client.ts';
import { deafPort } from '../network/deaf-port.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';

test('beyond the descriptors: reset, counted, and told once', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2, descriptors: 8 });
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const rule = ruleOf({ threshold: 100 });
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
  const outcomes = await running.open(7, port);
  assert.deepEqual(outcomes, [...Array<string>(4).fill('admitted'), ...Array<string>(3).fill('reset')]);
  assert.equal(running.counted, 4);
  const { counts } = running.workers.status();
  assert.equal(
    counts.reduce((sum, { outOfDescriptors }) => sum + outOfDescriptors, 0),
    3,
  );
  const told = () => running.told('descriptors-exhausted').length;
  await until('it is told', () => told() > 0);
  assert.ok(told() <= 2, 'at most once for each worker');
  assert.deepEqual(running.violations, []);
  running.clients[0]?.close();
  await until('it no longer counts', () => running.descriptors === 6);
  assert.deepEqual(await running.open(2, port), ['admitted', 'reset']);
});

test('listeners take from the descriptors of connections, and give back', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 1, descriptors: 40 });
  const port = await freePort();
  const rule = ruleOf({ threshold: 100 });
  const members = [memberOf(member.port)];
  const listening = (count: number): Promise<void> => {
    const endpoints = Array.from({ length: count }, (_, index) => ({
      address: `127.0.0.${index + 1}`,
      port,
    }));
    return running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members })));
  };
  const each = running.workers.status().engine === 'node' ? 2 : 1;
  await listening(36 / each);
  const outcomes = await running.open(11, port);
  assert.deepEqual(outcomes, [...Array<string>(10).fill('admitted'), 'reset']);
  await listening(16 / each);
  assert.deepEqual(await running.open(11, port), [...Array<string>(10).fill('admitted'), 'reset']);
});

test('the budget leaves something for the rest', () => {
  assert.equal(descriptorsForConnections(1024, 2), 896);
  assert.equal(descriptorsForConnections(400, 2), 320);
  assert.equal(descriptorsForConnections(400, 4), 304);
  assert.equal(descriptorsForConnections(1_000_000, 8), 999_488);
  assert.equal(descriptorsForConnections(50, 2), 2);
  assert.ok(descriptorBudget(2) < softDescriptorLimit());
});

test('a member that does not answer is given up for the next', {
  skip: process.platform === 'linux' ? false : 'needs the way Linux treats a full backlog',
}, async (context) => {
  const deaf = await deafPort(context);
  const member = await startMember(context);
  const running = start(context);
  const connectTimeout = 200;
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const members = [memberOf(deaf), memberOf(member.port)];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, members, connectTimeout })));
  assert.deepEqual(await running.open(1, port), ['admitted']);
  const deafOnly = [memberOf(deaf)];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, members: deafOnly, connectTimeout })));
  assert.deepEqual(await running.open(1, port), ['reset']);
  // A client that leaves while the member connects frees its place at once.
  await running.workers.apply(snapshotOf(policyOf({ endpoints, members, connectTimeout })));
  for (let turn = 0; turn < 2; turn++) {
    const before = running.connections;
    const client = new Client('127.0.0.1', port);
    running.clients.push(client);
    await until('it counts', () => running.connections === before + 1);
    client.socket.resetAndDestroy();
    await until('it no longer counts', () => running.connections === before);
  }
});
