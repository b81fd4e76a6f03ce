import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import type { TrafficCause } from '../../src/verdict/judge/records.ts';
import { Client } from '../network/client.ts';
import { type Member, startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { type Running, start } from '../running/data-plane.ts';
import { fromPeers, headerOf, speaking } from './proxied.ts';

type Made = {
  readonly running: Running;
  readonly member: Member;
  readonly port: number;
  readonly policy: PolicySnapshot;
};

async function make(
  context: TestContext,
  policy: Partial<PolicySnapshot> = {},
  behave?: (socket: Socket) => void,
): Promise<Made> {
  const member = await startMember(context, behave);
  const running = start(context);
  const port = await freePort();
  const whole = policyOf({
    id: 5,
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    trafficLog: true,
    ...policy,
  });
  await running.workers.apply(snapshotOf(whole));
  return { running, member, port, policy: whole };
}

test('a connection that has ended leaves a record, in both directions of bytes', async (context) => {
  const { running, member, port } = await make(context);
  const client = new Client('127.0.0.1', port, '127.0.0.6');
  running.clients.push(client);
  client.socket.end('question');
  assert.equal(await client.end, '');
  await until('it is here', () => running.traffic.length === 1);
  const [{ time, duration, ...record } = assert.fail()] = running.traffic;
  assert.deepEqual(record, {
    policy: 5,
    source: '127.0.0.6',
    sourcePort: client.port,
    peer: '127.0.0.6',
    destination: '127.0.0.1',
    destinationPort: port,
    member: '127.0.0.1',
    memberPort: member.port,
    received: 8,
    sent: 9,
    cause: 'finished',
  });
  assert.ok(duration >= 0 && Math.abs(Date.now() - time) < 60_000);
});

const endings: readonly (readonly [TrafficCause, (made: Made, client: Client) => void])[] = [
  ['client-reset', (_, { socket }) => socket.resetAndDestroy()],
  ['member-reset', ({ member }) => [...member.sockets][0]?.resetAndDestroy()],
  ['cut', ({ running, policy }) => void running.workers.apply(snapshotOf({ ...policy, enabled: false }))],
  ['idle', ({ running, policy }) => void running.workers.apply({ ...snapshotOf(policy), idleTimeout: 100 })],
];
for (const [cause, end] of endings) {
  test(`the record says how it came to its end: ${cause}`, async (context) => {
    const made = await make(context);
    const client = new Client('127.0.0.1', made.port);
    made.running.clients.push(client);
    assert.equal(await client.outcome, 'admitted');
    end(made, client);
    await until('it is here', () => made.running.traffic.length === 1);
    assert.deepEqual([made.running.traffic[0]?.cause, made.running.traffic[0]?.sent], [cause, 1]);
  });
}

test('no member: the record names none', async (context) => {
  const { running, port } = await make(context, { members: [memberOf(await freePort())] });
  assert.deepEqual(await running.open(1, port), ['reset']);
  await until('it is here', () => running.traffic.length === 1);
  const [{ cause, member, memberPort } = assert.fail()] = running.traffic;
  assert.deepEqual([cause, member, memberPort], ['no-member', '', 0]);
});

test('behind a proxy the record has both: the source and the peer', async (context) => {
  const { running, port } = await make(context, { proxyProtocol: fromPeers('127.0.0.1') });
  const client = speaking(port, Buffer.concat([headerOf('203.0.113.7', 'v2', 777), Buffer.from('four')]));
  running.clients.push(client);
  await until('all is back', () => client.received === 5);
  client.close();
  await until('it is here', () => running.traffic.length === 1);
  const [{ source, sourcePort, peer, received } = assert.fail()] = running.traffic;
  assert.deepEqual([source, sourcePort, peer, received], ['203.0.113.7', 777, '127.0.0.1', 4]);
});

test('who is refused, or never says who it is, leaves no record; neither does anybody while the log is off', async (context) => {
  const { running, port, policy } = await make(context, {
    rule: ruleOf({ threshold: 1 }),
    proxyProtocol: fromPeers('127.0.0.1'),
  });
  running.clients.push(speaking(port, headerOf('203.0.113.7')));
  assert.equal(await running.clients[0]?.outcome, 'admitted');
  for (const bytes of [headerOf('203.0.113.7'), Buffer.from('hello')]) {
    const client = speaking(port, bytes);
    running.clients.push(client);
    assert.equal(await client.outcome, 'reset');
  }
  await running.workers.apply(snapshotOf({ ...policy, trafficLog: false }));
  running.clients[0]?.close();
  await running.untilIdle();
  // What was open when the log is switched on has a record too.
  await running.open(1, port, '127.0.0.1', '127.0.0.2');
  await running.workers.apply(snapshotOf(policy));
  running.clients.at(-1)?.close();
  await until('it is here', () => running.traffic.length > 0);
  assert.deepEqual(
    running.traffic.map(({ source, cause }) => [source, cause]),
    [['127.0.0.2', 'finished']],
  );
});

test('a thousand connections are a thousand records, and stop tells the last of them', async (context) => {
  const { running, port } = await make(context);
  for (let count = 0; count < 1000; count += 50) await running.open(50, port);
  for (const { socket } of running.clients.slice(0, 900)) socket.end();
  await until('those have ended', () => running.connections === 100);
  await running.workers.stop();
  await until('all are told', () => running.traffic.length >= 1000);
  const causes = running.traffic.map(({ cause }) => cause);
  assert.equal(causes.length, 1000);
  assert.deepEqual(new Set(causes), new Set(['finished', 'cut']));
});

test('sessions: what is open now, in every state, with a limit', async (context) => {
  const { running, member, port, policy } = await make(context, {
    proxyProtocol: fromPeers('127.0.0.1'),
    trafficLog: false,
  });
  const waiting = new Client('127.0.0.1', port);
  running.clients.push(waiting);
  await until('it waits', () => running.connections === 1);
  const proxied = speaking(port, Buffer.concat([headerOf('203.0.113.7', 'v1', 777), Buffer.from('four')]));
  running.clients.push(proxied);
  await until('all is back', () => proxied.received === 5);
  const ending = new Client('127.0.0.1', port, '127.0.0.2');
  running.clients.push(ending);
  assert.equal(await ending.outcome, 'admitted');
  [...member.sockets].at(-1)?.unpipe();
  ending.socket.end();
  const { connections } = await running.workers.listConnections(5, 10);
  await until('one is half closed', async () => {
    const now = await running.workers.listConnections(5, 10);
    return now.connections[0]?.state === 'half-closed';
  });
  const now = await running.workers.listConnections(5, 10);
  assert.equal(now.total, 3);
  assert.equal(connections.length, 3);
  assert.ok(now.connections.every(({ age }) => age >= 0));
  const common = { destination: '127.0.0.1', destinationPort: port };
  const reached = { member: '127.0.0.1', memberPort: member.port };
  assert.deepEqual(
    now.connections.map(({ age, ...connection }) => connection),
    [
      {
        ...common,
        ...reached,
        source: '127.0.0.2',
        sourcePort: ending.port,
        peer: '127.0.0.2',
        state: 'half-closed',
        received: 0,
        sent: 1,
      },
      {
        ...common,
        ...reached,
        source: '203.0.113.7',
        sourcePort: 777,
        peer: '127.0.0.1',
        state: 'established',
        received: 4,
        sent: 5,
      },
      {
        ...common,
        member: '',
        memberPort: 0,
        source: '127.0.0.1',
        sourcePort: waiting.port,
        peer: '127.0.0.1',
        state: 'header',
        received: 0,
        sent: 0,
      },
    ],
  );
  const two = await running.workers.listConnections(5, 2);
  assert.deepEqual([two.connections.length, two.total], [2, 3]);
  assert.deepEqual(await running.workers.listConnections(99, 10), { connections: [], total: 0 });
  assert.equal(policy.id, 5);
});

test('a policy that is deleted leaves a record of each connection before it is forgotten', async (context) => {
  const { running, port } = await make(context);
  await running.open(5, port);
  await running.workers.apply(snapshotOf());
  assert.deepEqual(
    running.traffic.map(({ policy, cause }) => [policy, cause]),
    Array.from({ length: 5 }, () => [5, 'cut']),
  );
});
