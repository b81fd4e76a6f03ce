import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { openSockets } from '../network/open-sockets.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { FailingWorkers } from '../running/failing-workers.ts';
import { fromPeers, headerOf, trickle } from './proxied.ts';

const clients = 900;
const chunk = Buffer.alloc(40_000, 'x');

/** The same sequence in every run (Park and Miller's minimal standard generator). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
}

const behaviours: readonly ((client: Client) => void)[] = [
  ({ socket }) => socket.end(),
  ({ socket }) => socket.destroy(),
  ({ socket }) => socket.resetAndDestroy(),
  ({ socket }) => socket.end(chunk),
  ({ socket }) => {
    socket.write(chunk);
    socket.resetAndDestroy();
  },
  ({ socket }) => {
    socket.pause();
    socket.write(chunk);
  },
  ({ socket }) => socket.on('data', () => socket.end()),
  ({ socket }) => socket.write(headerOf('203.0.113.7', 'v1')),
  ({ socket }) => socket.write(Buffer.concat([headerOf('203.0.113.8', 'v2'), chunk])),
  ({ socket }) => socket.end(Buffer.concat([headerOf('', 'v2'), chunk])),
  ({ socket }) => socket.write(headerOf('2001:db8::7', 'v2').subarray(0, 14)),
  ({ socket }) => {
    socket.write(headerOf('203.0.113.7', 'v2'));
    socket.resetAndDestroy();
  },
  ({ socket }) => void trickle(socket, headerOf('203.0.113.9', 'v1')),
];

test('clients, members and workers that end in every way, while the configuration changes, leave nothing', async (context) => {
  const random = randomFrom(20_261_120);
  const before = openSockets();
  const member = await startMember(context, (socket) => {
    const choice = random(6);
    socket.write('!');
    if (choice === 0) socket.resetAndDestroy();
    else if (choice === 1) socket.end(chunk);
    else if (choice === 2) socket.pause();
    else socket.pipe(socket);
  });
  const failing = new FailingWorkers();
  const running = start(context, { workers: 3, spawn: failing.spawn, timeouts: { header: 300 } });
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    trafficLog: true,
  });
  const silent = ruleOf({
    threshold: 60,
    silentThreshold: 5,
    silentAfter: 0.05,
    action: 'block-period',
    blockPeriod: 1,
  });
  const changes: readonly (() => Partial<PolicySnapshot>)[] = [
    () => ({ rule: ruleOf({ threshold: 1 + random(50), action: 'block-period', blockPeriod: 1 }) }),
    () => ({ rule: ruleOf({ threshold: 1 + random(50) }) }),
    () => ({ rule: ruleOf({ threshold: 40, prefixV4: 8 + random(24) }) }),
    () => ({ rule: null }),
    () => ({ rule: silent, proxyProtocol: fromPeers('127.0.0.1', '127.0.0.2') }),
    () => ({ rule: silent, proxyProtocol: { ...fromPeers('127.0.0.3'), isSource: false } }),
    () => ({ members: [memberOf(member.port, { proxyProtocol: 'v1' })], trafficLog: false }),
    () => ({ members: [memberOf(member.port, { status: 'disable' })] }),
    () => ({ enabled: false }),
  ];
  await running.workers.apply(snapshotOf(policy));
  for (let count = 0; count < clients; count++) {
    const client = new Client('127.0.0.1', port, `127.0.0.${1 + random(5)}`);
    running.clients.push(client);
    const behave = behaviours[random(behaviours.length)];
    if (random(2) === 0) behave?.(client);
    else client.socket.once('connect', () => behave?.(client));
    if (count % 40 === 20)
      await running.workers.apply(snapshotOf({ ...policy, ...changes[random(changes.length)]?.() }));
    if (count % 40 === 39) await running.workers.apply(snapshotOf(policy));
    if (count % 200 === 100) await failing.current.get(random(3) + 1)?.terminate();
    if (count % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { socket } of running.clients) socket.destroy();
  for (const socket of member.sockets) socket.destroy();
  await running.untilIdle();
  assert.deepEqual(
    running.sources().filter(({ open, shadow, silent: left }) => open !== 0 || shadow !== 0 || left !== 0),
    [],
  );
  // What ends by itself has an error to tell.
  const ends = running.told('worker-ended').map(({ cause }) => cause);
  assert.deepEqual(new Set(ends), new Set(['exit status 1']));
  await running.workers.stop();
  await until('only the member is left', () => {
    // It does not notice that Levee has reset what it does not read.
    for (const socket of member.sockets) socket.destroy();
    return openSockets() <= before + 1;
  });
});
