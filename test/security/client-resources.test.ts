import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromPeers, headerOf } from '../enforcer/proxied.ts';
import { Client } from '../network/client.ts';
import { deafPort } from '../network/deaf-port.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { newState, policyText } from '../running/levee.ts';

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

test('what clients have taken of memory goes back to the system when they have gone', {
  skip: process.platform === 'linux' ? false : 'needs /proc to look at the memory of another process',
}, async (context) => {
  // Nobody is answered there, so that Levee keeps what comes meanwhile.
  const deaf = await deafPort(context);
  const port = await freePort();
  const state = newState(context);
  assert.equal((await state.here([], policyText(port, deaf, 60_000))).status, 0);
  const daemon = await state.daemon();
  const resident = (): number => {
    const status = readFileSync(`/proc/${daemon.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  };
  const before = resident();
  const clients = Array.from({ length: 500 }, () => new Client('127.0.0.1', port));
  context.after(() => {
    for (const { socket } of clients) socket.destroy();
  });
  for (const { socket } of clients) socket.write(Buffer.alloc(131_072));
  await until('Levee holds much of it', () => resident() > before + 40);
  for (const { socket } of clients) socket.resetAndDestroy();
  await until('its memory is almost as before', () => resident() < before + 20);
});
