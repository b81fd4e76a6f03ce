import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { MemberSnapshot, PolicySnapshot } from '../../src/policy/snapshot.ts';
import type { MemberState } from '../../src/supervisor/members/member-state.ts';
import type { PoolHammer, PoolHammerReport } from '../enforcer/pool-hammer.worker.ts';
import { membersOf, Pools } from '../enforcer/pools.ts';
import { Client, type Outcome } from '../network/client.ts';
import { echo, Member, startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { type Running, start } from '../running/data-plane.ts';
import { FailingWorkers } from '../running/failing-workers.ts';

async function listening(policy: Partial<PolicySnapshot>): Promise<PolicySnapshot> {
  return policyOf({ endpoints: [{ address: '127.0.0.1', port: await freePort() }], ...policy });
}

function portOf({ endpoints }: PolicySnapshot): number {
  return endpoints[0]?.port ?? 0;
}

function stateOf(running: Running, id: number): MemberState | undefined {
  return running.workers.members().find((member) => member.id === id);
}

function openTo(running: Running, id: number): number {
  return stateOf(running, id)?.open ?? 0;
}

/** All at once. */
function rush(running: Running, policy: PolicySnapshot, count: number): Promise<Outcome[]> {
  return Promise.all(
    Array.from({ length: count }, () => {
      const client = new Client('127.0.0.1', portOf(policy));
      running.clients.push(client);
      return client.outcome;
    }),
  );
}

function admitted(outcomes: readonly Outcome[]): number {
  return outcomes.filter((outcome) => outcome === 'admitted').length;
}

async function twoMembers(context: TestContext): Promise<[Member, Member]> {
  return [await startMember(context), await startMember(context)];
}

test('a limit is exact over two threads that hammer it', async () => {
  const pools = new Pools(2, { members: membersOf({ connectionLimit: 5 }, { connectionLimit: 3 }) });
  const held = new SharedArrayBuffer(8);
  const rows = pools.table.memberRows(new Map());
  const results = await Promise.all(
    [1, 2].map(async (owner) => {
      const workerData: PoolHammer = { rows, policy: pools.policy, owner, rounds: 200_000, held };
      const worker = new Worker(new URL('../enforcer/pool-hammer.worker.ts', import.meta.url), {
        workerData,
      });
      const [result]: PoolHammerReport[] = await once(worker, 'message');
      assert.ok(result);
      return result;
    }),
  );
  for (const { most, refused } of results) assert.ok(most <= 8 && refused > 0, `${most} held at once`);
  assert.equal(Math.max(...results.map(({ most }) => most)), 8, 'the limit was reached');
  const all = Array.from({ length: 9 }, () => pools.chooseNumber());
  assert.deepEqual(all.toSorted(), [0, 1, 1, 1, 1, 1, 2, 2, 2], 'every connection is released');
});

test('a member that was not reached is failing until it is', async (context) => {
  const port = await freePort();
  const running = start(context, { workers: 1 });
  const policy = await listening({ members: [memberOf(port)] });
  await running.workers.apply(snapshotOf(policy));
  assert.equal(stateOf(running, port)?.state, 'unknown');
  await rush(running, policy, 1);
  const { state, reason } = stateOf(running, port) ?? {};
  assert.deepEqual(
    [state, reason],
    ['failing', 'the last connection to it failed, and it has no health check'],
  );
  const member = new Member(echo);
  context.after(() => member.close());
  member.server.listen(port, '127.0.0.1');
  await once(member.server, 'listening');
  assert.deepEqual(await rush(running, policy, 1), ['admitted']);
  assert.equal(stateOf(running, port)?.state, 'up');
  await running.workers.apply(snapshotOf({ ...policy, members: [memberOf(port, { address: '127.0.0.2' })] }));
  assert.equal(stateOf(running, port)?.state, 'unknown', 'nobody has reached it where it is now');
});

for (const workers of [1, 2]) {
  test(`conn-limit, workers: ${workers}: so many and no more, and a place that is free is taken again`, async (context) => {
    const member = await startMember(context);
    const running = start(context, { workers });
    const policy = await listening({ members: [memberOf(member.port, { connectionLimit: 10 })] });
    await running.workers.apply(snapshotOf(policy));
    for (let round = 0; round < 3; round++) {
      const outcomes = await rush(running, policy, 30);
      assert.equal(admitted(outcomes), 10);
      assert.ok(outcomes.every((outcome) => outcome !== 'closed'));
      assert.equal(openTo(running, member.port), 10);
      for (const { socket } of running.held) socket.destroy();
      await until('every place is free', () => openTo(running, member.port) === 0);
    }
    assert.ok(member.accepted === 30);
  });
}

test('a limit is of the member, whichever policy sends the connection', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const members = [memberOf(member.port, { connectionLimit: 4 })];
  const one = await listening({ id: 1, members });
  const two = await listening({ id: 2, members });
  await running.workers.apply(snapshotOf(one, two));
  assert.equal(admitted(await rush(running, one, 3)), 3);
  assert.equal(admitted(await rush(running, two, 3)), 1);
  assert.equal(openTo(running, member.port), 4);
});

test('a limit is kept over commits, whatever else of the pool changes', async (context) => {
  const [member, other] = await twoMembers(context);
  const running = start(context);
  const limited = memberOf(member.port, { connectionLimit: 2 });
  const policy = await listening({ members: [limited] });
  await running.workers.apply(snapshotOf(policy));
  assert.equal(admitted(await rush(running, policy, 2)), 2);
  const versions: readonly (readonly MemberSnapshot[])[] = [
    [memberOf(other.port), limited],
    [memberOf(other.port)],
    [limited],
  ];
  for (const members of versions) await running.workers.apply(snapshotOf({ ...policy, members }));
  assert.equal(openTo(running, member.port), 2);
  assert.deepEqual(await running.open(1, portOf(policy)), ['reset']);
  await running.workers.apply(snapshotOf({ ...policy, members: [{ ...limited, connectionLimit: 3 }] }));
  assert.deepEqual(await running.open(2, portOf(policy)), ['admitted', 'reset']);
});

test('maintain takes no new connection and keeps the old ones; disable resets them', async (context) => {
  const [member, other] = await twoMembers(context);
  const running = start(context, { workers: 2 });
  const policy = await listening({ members: [memberOf(member.port)] });
  await running.workers.apply(snapshotOf(policy));
  assert.equal(admitted(await rush(running, policy, 3)), 3);
  const withStatus = (status: MemberSnapshot['status']): Promise<void> =>
    running.workers.apply(
      snapshotOf({ ...policy, members: [memberOf(member.port, { status }), memberOf(other.port)] }),
    );
  await withStatus('maintain');
  assert.equal(admitted(await rush(running, policy, 6)), 6);
  assert.deepEqual([openTo(running, member.port), openTo(running, other.port)], [3, 6]);
  assert.equal(stateOf(running, member.port)?.state, 'maintain');
  await withStatus('disable');
  await until('its connections are cut', () => openTo(running, member.port) === 0);
  assert.equal(openTo(running, other.port), 6);
});

test('a member that refuses is passed over, and its place is free', async (context) => {
  const member = await startMember(context);
  const dead = await freePort();
  const running = start(context, { workers: 2 });
  const members = [memberOf(dead, { connectionLimit: 1 }), memberOf(member.port)];
  const policy = await listening({ members });
  await running.workers.apply(snapshotOf(policy));
  assert.equal(admitted(await rush(running, policy, 20)), 20);
  assert.deepEqual([openTo(running, dead), openTo(running, member.port)], [0, 20]);
  assert.equal(running.told('no-member').length, 0);
});

test('no member is left: clients are reset, one event; one takes connections again: one event', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const policy = await listening({ id: 9, members: [memberOf(await freePort())] });
  await running.workers.apply(snapshotOf(policy));
  assert.equal(admitted(await rush(running, policy, 20)), 0);
  await until('it is told', () => running.told('no-member').length === 1);
  assert.deepEqual(running.told('no-member'), [
    { type: 'no-member', policy: 9, reason: "each can't be connected to" },
  ]);
  assert.equal(admitted(await rush(running, policy, 20)), 0);
  await running.workers.apply(snapshotOf({ ...policy, members: [memberOf(member.port)] }));
  assert.deepEqual(await running.open(1, portOf(policy)), ['admitted']);
  await until('its end is told', () => running.told('member-available').length === 1);
  const ends = running.told('member-available');
  assert.deepEqual(ends, [{ type: 'member-available', policy: 9, clients: 40 }]);
  assert.equal(running.told('no-member').length, 1);
});

test('a pool without a member: clients are reset, and it is told', async (context) => {
  const running = start(context);
  const policy = await listening({ members: [] });
  await running.workers.apply(snapshotOf(policy));
  assert.deepEqual(await running.open(2, portOf(policy)), ['reset', 'reset']);
  await until('it is told', () => running.told('no-member').length === 1);
  assert.equal(running.told('no-member')[0]?.reason, 'the pool has no member');
});

test('the same source has the same member in every worker', async (context) => {
  const members = [await startMember(context), await startMember(context), await startMember(context)];
  const running = start(context, { workers: 2 });
  const policy = await listening({
    balance: 'src-ip-hash',
    members: members.map(({ port }, index) => memberOf(port, { number: index + 1 })),
  });
  await running.workers.apply(snapshotOf(policy));
  for (let host = 1; host <= 5; host++) {
    const before = members.map(({ port }) => openTo(running, port));
    await running.open(8, portOf(policy), '127.0.0.1', `127.0.1.${host}`);
    const grown = members.filter(({ port }, index) => openTo(running, port) > (before[index] ?? 0));
    assert.equal(grown.length, 1, `the connections of 127.0.1.${host} are on one member`);
  }
});

test('a worker that ends releases its connections to members', async (context) => {
  const failing = new FailingWorkers();
  const member = await startMember(context);
  const running = start(context, { workers: 2, spawn: failing.spawn });
  const policy = await listening({ members: [memberOf(member.port, { connectionLimit: 12 })] });
  await running.workers.apply(snapshotOf(policy));
  assert.equal(admitted(await rush(running, policy, 20)), 12);
  await until('those that were refused are closed', () => running.connections === 12);
  const shares = running.workers.status().counts.map(({ connections }) => connections);
  const victim = shares.findIndex((share) => share > 0);
  failing.started[victim]?.postMessage({ test: 'throw' });
  const left = 12 - (shares[victim] ?? 0);
  await until('its connections are released', () => openTo(running, member.port) === left);
  assert.equal(admitted(await rush(running, policy, 20)), 12 - left);
  assert.equal(openTo(running, member.port), 12);
});

test('a member known by a name is where the name says', async (context) => {
  const member = await startMember(context);
  let answer: readonly string[] | Error = new Error('no answer');
  const asked: string[] = [];
  const lookup = (name: string): Promise<readonly string[]> => {
    asked.push(name);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const running = start(context, { workers: 2, lookup });
  const named = memberOf(member.port, { address: '', domain: 'www.example.com' });
  const policy = await listening({ members: [named] });
  await running.workers.apply(snapshotOf(policy));
  await until('it is told', () => running.told('name-failed').length === 1);
  assert.deepEqual(await running.open(1, portOf(policy)), ['reset']);
  assert.equal(stateOf(running, member.port)?.state, 'unresolved');
  await until('why is told', () => running.told('no-member').length === 1);
  assert.equal(running.told('no-member')[0]?.reason, 'each has no address');

  answer = ['127.0.0.1', '127.0.0.2'];
  const otherName = { ...named, domain: 'other.example.com' };
  await running.workers.apply(snapshotOf({ ...policy, members: [otherName] }));
  await until('it is found', () => stateOf(running, member.port)?.state === 'unknown');
  // The main thread knows it first, then each worker.
  for (let admitted = 0; admitted < 4; )
    if ((await running.open(1, portOf(policy)))[0] === 'admitted') admitted += 1;
  assert.equal(stateOf(running, member.port)?.state, 'up');
  assert.equal(stateOf(running, member.port)?.name, `other.example.com:${member.port}`);
  assert.equal(stateOf(running, member.port)?.address, '127.0.0.1');
  assert.deepEqual(asked, ['www.example.com', 'other.example.com']);
});
