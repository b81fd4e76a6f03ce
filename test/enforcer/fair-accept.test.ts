/** Several queues for each listener: a source always waits in the same one, and none waits for all of another. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { epollImplementation } from '../../src/enforcer/engine/epoll/implementation.ts';
import type { Incoming, ListenHandler } from '../../src/enforcer/engine/listener.ts';
import { queuesEach } from '../../src/enforcer/sockets/queued-socket.ts';
import { Client } from '../network/client.ts';
import { until } from '../running/condition.ts';
import { engineUnderTest, portOf } from './engine-recorder.ts';

const skip = epollImplementation.fault() ?? false;
const { engineOf } = engineUnderTest(epollImplementation);

/** Refuses everything, once it is told who comes. */
function refusing(told: (source: string) => void): ListenHandler {
  return {
    decide: (incoming: Incoming) => {
      told(incoming.addressText());
      return false;
    },
    accepted: () => assert.fail('all are refused'),
    exhausted: () => assert.fail('there are descriptors'),
    failed: (message) => assert.fail(message),
  };
}

function queuesOf(context: TestContext) {
  const socket = epollImplementation.bind('127.0.0.1', 0, true);
  context.after(() => socket.close());
  return { descriptors: socket.share().descriptors, port: portOf(socket) };
}

function from(port: number, source: string): Client {
  return new Client('127.0.0.1', port, source);
}

/** Which queue each source comes to; connections of so many others come from the first of them. */
async function queueBySource(context: TestContext, port: number, descriptors: readonly number[]) {
  const engine = await engineOf(context);
  const sources = Array.from({ length: 40 }, (_, index) => `127.0.0.${index + 2}`);
  const seen: [source: string, queue: number][] = [];
  const listeners = descriptors.map((descriptor, queue) =>
    engine.listen(
      { descriptors: [descriptor] },
      refusing((source) => seen.push([source, queue])),
    ),
  );
  const clients = [...sources, ...sources].map((source) => from(port, source));
  await Promise.all(clients.map(({ outcome }) => outcome));
  await until('all were seen', () => seen.length === clients.length);
  for (const listener of listeners) listener.close();
  return { sources, seen };
}

test('a source has one queue, and others have others', { skip }, async (context) => {
  const { descriptors, port } = queuesOf(context);
  assert.equal(descriptors.length, queuesEach);
  const { sources, seen } = await queueBySource(context, port, descriptors);
  const pairs = new Set(seen.map((pair) => pair.join()));
  assert.equal(pairs.size, sources.length, 'both connections of each in one queue');
  const used = new Set(seen.map(([, queue]) => queue));
  assert.ok(used.size >= queuesEach / 4, `40 sources are in ${used.size} queues`);
});

test('who comes last, behind a flood of another, is among the first', { skip }, async (context) => {
  const { descriptors, port } = queuesOf(context);
  const { sources, seen } = await queueBySource(context, port, descriptors);
  const queues = new Map(seen);
  const [attacker = ''] = sources;
  const victim = sources.find((source) => queues.get(source) !== queues.get(attacker));
  assert.ok(victim);
  const flood = Array.from({ length: 100 }, () => from(port, attacker));
  const last = from(port, victim);
  await until('all wait', () => [...flood, last].every(({ socket }) => !socket.connecting));
  const order: string[] = [];
  const listener = (await engineOf(context)).listen(
    { descriptors },
    refusing((source) => order.push(source)),
  );
  await Promise.all([...flood, last].map(({ outcome }) => outcome));
  listener.close();
  assert.equal(order.length, 101);
  assert.ok(order.indexOf(victim) < 20, `behind ${order.indexOf(victim)} of 100`);
});
