/** How many connections are accepted from a queue at once: those that the system says wait, and some at most. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Calls, loadCalls, TCP_INFO } from '../../src/enforcer/engine/epoll/calls.ts';
import { epollImplementation, epollOver } from '../../src/enforcer/engine/epoll/implementation.ts';
import { IPPROTO_TCP } from '../../src/enforcer/sockets/system-calls.ts';
import { Client } from '../network/client.ts';
import { until } from '../running/condition.ts';
import { Acceptor, engineUnderTest, portOf } from './engine-recorder.ts';

const skip = epollImplementation.fault() ?? false;

/** An engine whose system says of a queue what `waiting` does: 0 is success. It counts what is asked of it. */
function engineThatTells(waiting: 'as it is' | 'nothing') {
  const asked = { accepted: 0, inVain: 0, whatWaits: 0 };
  const counted = (calls: Calls): Calls => ({
    ...calls,
    accept: (...parameters) => {
      const descriptor = calls.accept(...parameters);
      asked[descriptor < 0 ? 'inVain' : 'accepted'] += 1;
      return descriptor;
    },
    getOption: (descriptor, level, option, ...places) => {
      if (level !== IPPROTO_TCP || option !== TCP_INFO)
        return calls.getOption(descriptor, level, option, ...places);
      asked.whatWaits += 1;
      return waiting === 'nothing' ? -1 : calls.getOption(descriptor, level, option, ...places);
    },
  });
  return { asked, ...engineUnderTest(epollOver(() => counted(loadCalls()))) };
}

/** So many clients, which wait for somebody to accept them. */
async function waitingAt(context: TestContext, port: number, count: number): Promise<readonly Client[]> {
  const clients = Array.from({ length: count }, () => new Client('127.0.0.1', port));
  context.after(() => {
    for (const { socket } of clients) socket.destroy();
  });
  await until('the system has them', () => clients.every((client) => client.port !== 0));
  return clients;
}

test('what waits is accepted eight at a time, and nothing is asked for that is not there', {
  skip,
}, async (context) => {
  const { asked, engineOf, bound } = engineThatTells('as it is');
  const socket = bound(context);
  const acceptor = new Acceptor();
  await waitingAt(context, portOf(socket), 20);
  const listener = (await engineOf(context)).listen(socket.share(), acceptor);
  await until('all are accepted', () => acceptor.streams.length === 20);
  assert.deepEqual(asked, { accepted: 20, inVain: 0, whatWaits: 3 });
  await waitingAt(context, portOf(socket), 1);
  await until('the next one, too', () => acceptor.streams.length === 21);
  assert.deepEqual(asked, { accepted: 21, inVain: 0, whatWaits: 4 });
  listener.close();
});

test('where the system does not say how many wait, all are accepted', { skip }, async (context) => {
  const { asked, engineOf, bound } = engineThatTells('nothing');
  const socket = bound(context);
  const acceptor = new Acceptor();
  await waitingAt(context, portOf(socket), 20);
  const listener = (await engineOf(context)).listen(socket.share(), acceptor);
  await until('all are accepted', () => acceptor.streams.length === 20);
  // Two turns of eight, and one that finds no fifth.
  assert.deepEqual(asked, { accepted: 20, inVain: 1, whatWaits: 3 });
  let isEmpty = false;
  listener.finish(() => {
    isEmpty = true;
  });
  await until('it is told that nothing waits', () => isEmpty);
});

test('of several that accept from one queue each has others, and together they have all', {
  skip,
}, async (context) => {
  const { asked, engineOf, bound } = engineThatTells('as it is');
  const socket = bound(context);
  const acceptors = [new Acceptor(), new Acceptor(), new Acceptor()];
  const clients = await waitingAt(context, portOf(socket), 100);
  const listeners = await Promise.all(
    acceptors.map(async (acceptor) => (await engineOf(context)).listen(socket.share(), acceptor)),
  );
  const portsSeen = (): readonly number[] =>
    acceptors.flatMap(({ streams }) => streams.map((stream) => stream.addresses().remotePort));
  await until('all are accepted', () => portsSeen().length === clients.length);
  assert.deepEqual(
    portsSeen().toSorted((one, other) => one - other),
    clients.map(({ port }) => port).toSorted((one, other) => one - other),
  );
  assert.equal(asked.accepted, clients.length);
  for (const listener of listeners) listener.close();
});

test('a listener that is closed while it accepts leaves the others in the queue', {
  skip,
}, async (context) => {
  const { engineOf, bound } = engineThatTells('as it is');
  const socket = bound(context);
  await waitingAt(context, portOf(socket), 20);
  const first = new Acceptor();
  const listener = (await engineOf(context)).listen(socket.share(), {
    decide: () => true,
    accepted: (stream) => {
      first.accepted(stream);
      if (first.streams.length === 3) listener.close();
    },
    exhausted: () => first.exhausted(),
    failed: (message) => first.failed(message),
  });
  await until('three are accepted', () => first.streams.length === 3);
  const second = new Acceptor();
  const other = (await engineOf(context)).listen(socket.share(), second);
  await until('the others are, too', () => second.streams.length === 17);
  assert.equal(first.streams.length, 3);
  other.close();
});
