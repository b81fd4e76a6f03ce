import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Client } from '../network/client.ts';
import { echo, type Member, startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { type Running, start } from '../running/data-plane.ts';

const chunkBytes = Buffer.alloc(65_536, 'x');

type Relay = { readonly running: Running; readonly member: Member; readonly client: Client };

async function relay(context: TestContext, behave: (socket: Socket) => void): Promise<Relay> {
  const member = await startMember(context, behave);
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const rule = ruleOf({ threshold: 100 });
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
  const client = new Client('127.0.0.1', port);
  running.clients.push(client);
  await until('the member has it', () => member.sockets.size === 1);
  return { running, member, client };
}

function silent(): void {}
function first<Item>(items: Iterable<Item>): Item {
  for (const item of items) return item;
  throw new Error('there is none');
}

test('bytes go both ways', async (context) => {
  const { client } = await relay(context, echo);
  client.socket.write(chunkBytes);
  await until('all is back', () => client.received === chunkBytes.length + 1);
});

test('a client that ends still gets its answer, and counts until Levee has closed', async (context) => {
  const { client, member, running } = await relay(context, silent);
  const socket = first(member.sockets);
  let hasEnded = false;
  socket.on('end', () => {
    hasEnded = true;
  });
  socket.resume();
  client.socket.end();
  await until('the end is relayed', () => hasEnded);
  assert.equal(running.counted, 1);
  socket.write('answer');
  await until('the answer is here', () => client.received === 6);
  assert.equal(running.counted, 1);
  socket.end();
  assert.equal(await client.end, '');
  await running.untilIdle();
});

test('a member that ends first can still be written to', async (context) => {
  const { client, member, running } = await relay(context, (socket) => socket.end('!'));
  let received = 0;
  first(member.sockets).on('data', (chunk) => {
    received += chunk.length;
  });
  assert.equal(await client.end, '');
  client.socket.write('question');
  await until('the question is relayed', () => received === 8);
  assert.equal(running.counted, 1);
  client.socket.end();
  await running.untilIdle();
});

for (const [who, cut] of [
  ['client', ({ client }: Relay) => client.socket.resetAndDestroy()],
  ['member', ({ member }: Relay) => first(member.sockets).resetAndDestroy()],
] as const) {
  for (const state of ['while both read', 'after the client has ended', 'after the member has ended']) {
    test(`a reset by the ${who} reaches the other side ${state}`, async (context) => {
      const made = await relay(context, (socket) => socket.resume().write('!'));
      const { client, member, running } = made;
      await client.outcome;
      const socket = first(member.sockets);
      let memberError = '';
      socket.on('error', (error) => {
        memberError = 'code' in error ? String(error.code) : error.message;
      });
      if (state.includes('the client has')) {
        client.socket.end();
        await until('the end is relayed', () => socket.readableEnded);
      } else if (state.includes('the member has')) {
        socket.end();
        await until('the end is relayed', () => client.socket.readableEnded);
      }
      cut(made);
      await running.untilIdle();
      // One that has read to the end is told of a reset only when it writes.
      if (who === 'client') {
        if (socket.readableEnded) socket.write('?');
        await until('the member is reset', () => memberError !== '');
      } else {
        if (client.socket.readableEnded) client.socket.write('?');
        await until('the client is reset', () => client.error !== '');
      }
    });
  }
}

test('a client that resets while Levee does not read from it no longer counts', async (context) => {
  const { client, member, running } = await relay(context, (socket) => socket.pause());
  let isFull = false;
  const fill = (): void => {
    while (client.socket.write(chunkBytes));
    isFull = client.socket.writableLength > 0;
  };
  client.socket.on('drain', fill);
  fill();
  let length = -1;
  await until('nothing moves any more', async () => {
    const before = length;
    length = client.socket.bytesWritten - client.socket.writableLength;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return isFull && before === length;
  });
  assert.equal(running.counted, 1);
  client.socket.resetAndDestroy();
  await running.untilIdle();
  first(member.sockets).resume();
  await until('the member has lost it', () => member.sockets.size === 0);
});

for (const direction of ['client', 'member'] as const) {
  test(`64 MB to a ${direction} that does not read stay where they are`, async (context) => {
    const { client, member, running } = await relay(context, (socket) => socket.pause());
    const socket = first(member.sockets);
    const [writer, reader] = direction === 'member' ? [client.socket, socket] : [socket, client.socket];
    reader.pause();
    const total = 1024 * chunkBytes.length;
    let received = 0;
    reader.on('data', (chunk) => {
      received += chunk.length;
    });
    reader.pause();
    const resident = process.memoryUsage.rss();
    let written = 0;
    const fill = (): void => {
      while (written < total) {
        written += chunkBytes.length;
        if (!writer.write(chunkBytes)) return;
      }
      writer.end();
    };
    writer.on('drain', fill);
    fill();
    let before = -1;
    await until('nothing moves any more', async () => {
      const moved = writer.bytesWritten;
      const isStill = moved === before;
      before = moved;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return isStill;
    });
    assert.ok(written < total, 'the writer is held back');
    assert.ok(process.memoryUsage.rss() - resident < 32 * 1024 * 1024, 'memory is flat');
    assert.equal(running.counted, 1);
    reader.resume();
    await until('all has come', () => received === total);
    reader.end();
    await running.untilIdle();
  });
}

test('client bytes that come while no member is connected are not lost', async (context) => {
  const dead = await freePort();
  const member = await startMember(context, echo);
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const members = [memberOf(dead), memberOf(member.port)];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, members })));
  for (let turn = 0; turn < 2; turn++) {
    const client = new Client('127.0.0.1', port);
    running.clients.push(client);
    for (let count = 0; count < 4; count++) client.socket.write(chunkBytes);
    await until('all is back', () => client.received === 4 * chunkBytes.length + 1);
  }
  assert.equal(member.accepted, 2, 'one that refuses is passed over');
});

test('no member takes it: the client is reset', async (context) => {
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const dead = [memberOf(await freePort()), memberOf(await freePort())];
  for (const members of [[], dead]) {
    await running.workers.apply(snapshotOf(policyOf({ endpoints, members })));
    assert.deepEqual(await running.open(1, port), ['reset']);
    await running.untilIdle();
  }
});

test('a member that dies takes its clients with it, and a connection that is idle is closed', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const snapshot = snapshotOf(policyOf({ endpoints, members: [memberOf(member.port)] }));
  await running.workers.apply({ ...snapshot, idleTimeout: 400 });
  await running.open(3, port);
  for (const socket of member.sockets) socket.resetAndDestroy();
  await running.untilIdle();
  const ends = await Promise.all(running.clients.map(({ end }) => end));
  assert.deepEqual(ends, ['ECONNRESET', 'ECONNRESET', 'ECONNRESET']);
  assert.deepEqual(await running.open(1, port), ['admitted']);
  await running.untilIdle();
  assert.equal(await running.clients[3]?.end, 'ECONNRESET');
});

test('who takes what is queued by and by is not idle, also behind an end; who takes nothing is', async (context) => {
  const size = 3_000_000;
  const member = await startMember(context, (socket) => socket.end(Buffer.alloc(size, 'x')));
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const snapshot = snapshotOf(policyOf({ endpoints, members: [memberOf(member.port)] }));
  await running.workers.apply({ ...snapshot, idleTimeout: 1000 });
  const [slow, stuck] = [new Client('127.0.0.1', port), new Client('127.0.0.1', port)];
  running.clients.push(slow, stuck);
  stuck.socket.pause();
  slow.socket.on('data', () => {
    slow.socket.pause();
    setTimeout(() => slow.socket.resume(), 40);
  });
  assert.equal(await slow.end, '');
  assert.equal(slow.received, size);
  slow.socket.end();
  await running.untilIdle();
  stuck.socket.resume();
  await stuck.end;
  assert.ok(stuck.received < size);
});

for (const workers of [1, 2]) {
  test(`a thousand short connections one after the other at limit 2, workers: ${workers}: none is refused`, async (context) => {
    const member = await startMember(context);
    const running = start(context, { workers });
    const port = await freePort();
    const endpoints = [{ address: '127.0.0.1', port }];
    const rule = ruleOf({ threshold: 2 });
    await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
    for (let count = 0; count < 1000; count++) {
      const client = new Client('127.0.0.1', port);
      assert.equal(await client.outcome, 'admitted');
      client.socket.end();
      await client.end;
    }
    assert.ok(running.workers.status().counts.every(({ refused }) => refused === 0));
  });
}
