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
import { type Running, start } from '../running/data-plane.ts';
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

const megabyte = 1024 * 1024;

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
  const waiting = async (): Promise<number> => {
    const { stdout } = await state.here(['-c', 'diagnose system enforcer | json']);
    const report: { readonly waiting: { readonly used: number } } = JSON.parse(stdout);
    return report.waiting.used / megabyte;
  };
  /** Until the memory of a crowd that has gone is back, in megabytes. */
  const comeAndGo = async (least: number): Promise<void> => {
    const clients = Array.from({ length: 500 }, () => new Client('127.0.0.1', port));
    context.after(() => {
      for (const { socket } of clients) socket.destroy();
    });
    for (const { socket } of clients) socket.write(Buffer.alloc(131_072));
    await until('Levee holds much of it', async () => (await waiting()) > 25);
    const most = resident();
    for (const { socket } of clients) socket.resetAndDestroy();
    await until('what they have taken is given back', () => resident() < most - least);
  };
  // For the first ones Levee loads and compiles what it keeps.
  await comeAndGo(4);
  await comeAndGo(15);
});

/** Bytes that wait in a data plane, and the connections that were reset because of them. */
function waitingIn(running: Running): { readonly bytes: number; readonly reset: number } {
  const { counts } = running.workers.status();
  return {
    bytes: counts.reduce((sum, { waiting }) => sum + waiting, 0),
    reset: counts.reduce((sum, { outOfMemory }) => sum + outOfMemory, 0),
  };
}

test('clients of a server that does not answer are not read beyond the limit for all, and keep their connections', async (context) => {
  const mostWaiting = 4 * 1024 * 1024;
  const member = await startMember(context);
  const ports = [await freePort(), await freePort()];
  const members = [member.port, await deafPort(context)];
  const running = start(context);
  const policies = ports.map((port, index) =>
    policyOf({
      id: index + 1,
      endpoints: [{ address: '127.0.0.1', port }],
      members: [memberOf(members[index] ?? 0)],
      connectTimeout: 600_000,
    }),
  );
  await running.workers.apply({ ...snapshotOf(...policies), mostWaiting });
  assert.deepEqual(await running.open(1, ports[0] ?? 0), ['admitted']);
  const [good] = running.clients;
  const crowd = Array.from({ length: 100 }, () => new Client('127.0.0.1', ports[1] ?? 0));
  running.clients.push(...crowd);
  for (const { socket } of crowd) socket.write(Buffer.alloc(131_072));
  await until('all are in', () => running.connections === crowd.length + 1);
  await until('much waits', () => waitingIn(running).bytes >= mostWaiting / 2);
  const before = good?.received ?? 0;
  good?.socket.write('still');
  await until('the other policy has not noticed', () => good?.received === before + 'still'.length);
  const { bytes, reset } = waitingIn(running);
  assert.ok(bytes <= mostWaiting, `${bytes} bytes`);
  assert.equal(reset, 0);
  for (const { socket } of crowd) socket.resetAndDestroy();
  await until('nothing waits any more', () => waitingIn(running).bytes === 0);
});

test('who does not read what they asked for lose connections at the limit for all, and nobody else does', async (context) => {
  const mostWaiting = 256 * 1024;
  const member = await startMember(context, (socket) => {
    const piece = Buffer.alloc(65_536);
    const pour = (): void => {
      while (socket.write(piece));
    };
    socket.once('data', pour).on('drain', pour);
  });
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    trafficLog: true,
  });
  await running.workers.apply({ ...snapshotOf(policy), mostWaiting });
  const ask = (from: string): Client => {
    const client = new Client('127.0.0.1', port, from);
    running.clients.push(client);
    client.socket.pause().write('all');
    return client;
  };
  const slow = ask('127.0.0.1');
  await until('one waits for what it does not read', () => waitingIn(running).bytes > 0);
  const crowd = Array.from({ length: 24 }, () => ask('127.0.0.2'));
  await until('there was no room for some', () => waitingIn(running).reset > 0);
  await until('it is told', () => running.told('waiting-bytes-exhausted').length > 0);
  await until('and why', () => running.traffic.some(({ cause }) => cause === 'no-memory'));
  assert.ok(waitingIn(running).bytes <= mostWaiting);
  assert.ok(running.traffic.every(({ source }) => source === '127.0.0.2'));
  slow.socket.resume();
  await until('the other goes on', () => slow.received > 8 * 1024 * 1024);
  for (const { socket } of [slow, ...crowd]) socket.resetAndDestroy();
  await until('nothing waits any more', () => waitingIn(running).bytes === 0);
});
