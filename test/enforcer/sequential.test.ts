/** Clients that open a connection when they have seen the end of the one before: at once, and with no other worker told. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { descriptorOf } from '../../src/enforcer/engine/node/handle.ts';
import { POLL_ERROR, POLL_HANGUP, pollNow } from '../../src/enforcer/sockets/system-calls.ts';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import { isWhole, rounds } from '../campaign.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { start } from '../running/data-plane.ts';
import { scriptsOf } from '../running/scripted.ts';

const bulk = Buffer.alloc(150_000, 'x');
const word = Buffer.from('x');
const nothing = Buffer.of();

type Way = {
  /** What the member does with a connection, after it has greeted. */
  readonly member: (socket: Socket) => void;
  /** How the client ends, and calls back in the very event in which it knows. */
  readonly client: (socket: Socket, isOver: () => void) => void;
  readonly policy?: Partial<PolicySnapshot>;
  /** Connections that the member takes. */
  readonly memberLimit?: number;
};

/** Both ends first, then ours. */
function endAndWait(socket: Socket, isOver: () => void, last = nothing): void {
  socket.once('end', isOver);
  socket.end(last);
}
/** Ends when the other side has. */
function endAfter(socket: Socket, isOver: () => void, last = nothing): void {
  socket.once('end', () => socket.end(last, () => isOver()));
}
function waitForReset(socket: Socket, isOver: () => void): void {
  socket.once('close', isOver);
  socket.write(word);
}
function endWithClient(socket: Socket): void {
  socket.on('end', () => socket.end()).resume();
}

const ways: Readonly<Record<string, Way>> = {
  'the client ends first': { member: endWithClient, client: endAndWait },
  'the client ends first, behind bytes that come back': {
    member: (socket) => socket.pipe(socket),
    client: (socket, isOver) => endAndWait(socket, isOver, bulk),
  },
  'the member ends first': { member: (socket) => socket.resume().end(), client: endAfter },
  'the member ends first, behind many bytes': {
    member: (socket) => socket.resume().end(bulk),
    client: endAfter,
  },
  'the member ends first, and the client has a last word': {
    member: (socket) => socket.resume().end(),
    client: (socket, isOver) => endAfter(socket, isOver, word),
  },
  'both end at once': { member: (socket) => socket.resume().end(), client: endAndWait },
  'the client resets': {
    member: endWithClient,
    client: (socket, isOver) => {
      socket.resetAndDestroy();
      isOver();
    },
  },
  'the client resets when it has ended': {
    member: (socket) => socket.resume(),
    client: (socket, isOver) => {
      socket.end(() => {
        socket.resetAndDestroy();
        isOver();
      });
    },
  },
  'the member resets': {
    member: (socket) => socket.once('data', () => socket.resetAndDestroy()),
    client: waitForReset,
  },
  'a script rejects': {
    member: endWithClient,
    client: waitForReset,
    policy: { scripts: scriptsOf('when STREAM_REQUEST_DATA { TCP:reject() }') },
  },
  'a script closes': {
    member: endWithClient,
    client: (socket, isOver) => {
      socket.write(word);
      endAfter(socket, isOver);
    },
    policy: { scripts: scriptsOf('when STREAM_REQUEST_DATA { TCP:close() }') },
  },
  'the only member takes no more than one connection': {
    member: endWithClient,
    client: endAndWait,
    memberLimit: 1,
  },
};

/** A data plane with a policy for each of some ways; the ports of these, by their names. */
async function started(context: TestContext, workers: number, threshold: number, names: readonly string[]) {
  const running = start(context, { workers });
  const ports = new Map<string, number>();
  const policies: PolicySnapshot[] = [];
  for (const name of names) {
    const way = wayOf(name);
    const member = await startMember(context, (socket) => {
      socket.write('!');
      way.member(socket);
    });
    const port = await freePort();
    ports.set(name, port);
    const endpoints = [{ address: '127.0.0.1', port }];
    const members = [memberOf(member.port, { connectionLimit: way.memberLimit ?? 0 })];
    const id = ports.size;
    policies.push(policyOf({ id, endpoints, members, rule: ruleOf({ threshold }), ...way.policy }));
  }
  await running.workers.apply(snapshotOf(...policies));
  return { running, ports };
}

function wayOf(name: string): Way {
  const way = ways[name];
  assert.ok(way);
  return way;
}

/** A connection of a client in this process: `greeted` once it is admitted; a refused one is `over` without that. */
function open(port: number, greeted: (socket: Socket) => void, over: () => void): Socket {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  let isGreeted = false;
  socket.on('error', () => {});
  socket.on('data', () => {
    if (isGreeted) return;
    isGreeted = true;
    greeted(socket);
  });
  socket.on('close', () => {
    if (!isGreeted) over();
  });
  return socket;
}

/** The system knows of both ends, or of a reset. */
function hasEnded(socket: Socket): boolean {
  const records = Int32Array.of(descriptorOf(socket), 0);
  pollNow(records, 1);
  return ((records[1] ?? 0) & (POLL_ERROR | POLL_HANGUP)) !== 0;
}

/** Opens connections one after another; resolves with how many were refused. */
function runOneAfterAnother(port: number, way: Way, count: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let left = count;
  let refused = 0;
  const next = (): void => {
    if (left-- === 0) resolve(refused);
    else open(port, (socket) => way.client(socket, next), turnedAway);
  };
  const turnedAway = (): void => {
    refused++;
    next();
  };
  next();
  return promise;
}

for (const workers of isWhole ? [2, 4] : [3]) {
  test(`one after another at the limit: nobody is refused, workers: ${workers}`, async (context) => {
    const { ports } = await started(context, workers, 1, Object.keys(ways));
    const refused: Record<string, number> = {};
    for (const [name, port] of ports)
      refused[name] = await runOneAfterAnother(port, wayOf(name), rounds(30, 150));
    assert.deepEqual(refused, Object.fromEntries(Object.keys(ways).map((name) => [name, 0])));
  });
}

test('many one after another: never more than N at a time', async (context) => {
  const threshold = 2;
  const load = 5;
  const names = ['the client ends first', 'the member ends first', 'the member resets'];
  const { running, ports } = await started(context, 2, threshold, names);
  for (const [name, port] of ports) {
    const held = new Set<Socket>();
    let most = 0;
    const way: Way = {
      ...wayOf(name),
      client: (socket, isOver) => {
        for (const other of held) if (other.destroyed || hasEnded(other)) held.delete(other);
        held.add(socket);
        most = Math.max(most, held.size);
        wayOf(name).client(socket, isOver);
      },
    };
    const clients = Array.from({ length: load }, () => runOneAfterAnother(port, way, rounds(40, 300)));
    const refused = (await Promise.all(clients)).reduce((sum, each) => sum + each, 0);
    assert.ok(refused > 0, `${name}: more come than are let in`);
    assert.equal(most, threshold, name);
  }
  await running.untilIdle();
});
