import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromPeers, headerOf } from '../enforcer/proxied.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';

// What clients may take of Levee together.

test('connections never have more descriptors than the limit', async (context) => {
  const limit = 21;
  const room = 10;
  const member = await startMember(context);
  const port = await freePort();
  const running = start(context, { workers: 2, descriptors: limit });
  await running.workers.apply(
    snapshotOf(
      policyOf({
        endpoints: [{ address: '127.0.0.1', port }],
        rule: ruleOf({ threshold: 60_000 }),
        members: [memberOf(member.port)],
        proxyProtocol: fromPeers('127.0.0.1'),
      }),
    ),
  );
  // They keep their headers back, so that no member is connected to before all are in.
  const clients = Array.from({ length: room * 2 }, () => new Client('127.0.0.1', port));
  running.clients.push(...clients);
  const isOut = ({ socket }: Client): boolean => socket.destroyed;
  await until('each is in or out', () => clients.filter(isOut).length + running.connections === room * 2);
  const held = clients.filter((client) => !isOut(client));
  assert.equal(held.length, room);
  for (const { socket } of held) socket.write(headerOf('203.0.113.7'));
  assert.deepEqual(await Promise.all(held.map(({ outcome }) => outcome)), Array(room).fill('admitted'));
  assert.equal(running.descriptors, 2 * room);
});
