import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { monotonicNow } from '../../src/enforcer/engine/clock.ts';
import { type Calls, ENOENT, loadCalls } from '../../src/enforcer/engine/epoll/calls.ts';
import { epollImplementation, epollOver } from '../../src/enforcer/engine/epoll/implementation.ts';
import { nodeImplementation } from '../../src/enforcer/engine/node/implementation.ts';
import { openListeningSocket } from '../../src/enforcer/sockets/listening-socket.ts';
import { Client } from '../network/client.ts';
import { testEngine } from './engine-conformance.ts';
import { testEngineEnds } from './engine-ends.ts';
import { testEngineRelays } from './engine-relays.ts';

for (const [name, implementation] of Object.entries({
  node: nodeImplementation,
  epoll: epollImplementation,
  'epoll, where others fail in between,': epollOver(forgetfulCalls),
})) {
  if (implementation.fault() !== null) continue;
  testEngine(name, implementation);
  testEngineEnds(name, implementation);
  testEngineRelays(name, implementation);
}

/**
 * The first number of an error that is asked for is that of another call, as when V8 makes one before it goes on with us.
 * Nor does the system close several descriptors at once.
 */
function forgetfulCalls(): Calls {
  const calls = loadCalls();
  let asked = 0;
  return { ...calls, closeRange: () => -1, errno: () => (asked++ % 2 === 0 ? ENOENT : calls.errno()) };
}

test('the clock goes forward', () => {
  const [seconds] = process.hrtime();
  const now = monotonicNow();
  assert.ok(Math.abs(now - seconds * 1000) < 2000);
  assert.ok(monotonicNow() >= now);
});

test('what is accepted and closed before anybody is asked, as libuv does without descriptors, is a reset', async (context) => {
  const server = createServer((socket) => socket.destroy());
  server.listen({ fd: openListeningSocket('127.0.0.1', 0) });
  context.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  assert.equal(await new Client('127.0.0.1', address.port).outcome, 'reset');
});
