import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { monotonicNow } from '../../src/enforcer/engine/clock.ts';
import type { CloseCause, Engine, Stream, StreamHandler } from '../../src/enforcer/engine/engine.ts';
import { NodeEngine } from '../../src/enforcer/engine/node/node-engine.ts';
import { openListeningSocket } from '../../src/enforcer/sockets/listening-socket.ts';
import { openOutgoingSocket } from '../../src/enforcer/sockets/outgoing-socket.ts';
import {
  AF_INET6,
  bindSocket,
  closeDescriptor,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  listenOn,
  openSocket,
  setSocketOption,
} from '../../src/enforcer/sockets/system-calls.ts';
import { Throttle } from '../../src/enforcer/worker/throttle.ts';
import { Client } from '../network/client.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';

const tcpMaxseg = 2;

class Recorder implements StreamHandler {
  readonly calls: string[] = [];
  connected(): void {
    this.calls.push('connected');
  }
  data(_: Stream, chunk: Uint8Array): void {
    this.calls.push(`data ${Buffer.from(chunk).toString()}`);
  }
  ended(stream: Stream): void {
    this.calls.push('ended');
    stream.end();
  }
  drained(): void {
    this.calls.push('drained');
  }
  closed(_: Stream, cause: CloseCause): void {
    this.calls.push(`closed ${cause}`);
  }
}

for (const makes of [false, true]) {
  test(`connects on ${makes ? 'a socket that was made for it' : 'a new socket'}, and closes once`, async () => {
    const server = createServer((socket) => socket.end('hello'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const engine = new NodeEngine();
    const recorder = new Recorder();
    const socket = makes ? openOutgoingSocket('127.0.0.1') : null;
    if (socket !== null) setSocketOption(socket, IPPROTO_TCP, tcpMaxseg, 600);
    const stream = engine.connect('127.0.0.1', address.port, socket, recorder);
    assert.ok(socket === null || stream.descriptor() === socket);
    await until('it is closed', () => recorder.calls.some((call) => call.startsWith('closed')));
    assert.deepEqual(recorder.calls, ['connected', 'data hello', 'ended', 'closed finished']);
    server.close();
    engine.close();
  });
}

test('a stream that could not begin to connect closes once, and says why', async () => {
  const engine = new NodeEngine();
  for (const cause of ['failed', 'exhausted'] as const) {
    const recorder = new Recorder();
    const stream = engine.failed(cause, recorder);
    assert.deepEqual(recorder.calls, []);
    stream.reset();
    await until('it is closed', () => recorder.calls.length > 0);
    assert.deepEqual(recorder.calls, [`closed ${cause}`]);
  }
  engine.close();
});

test('nobody listens: failed', async () => {
  const engine = new NodeEngine();
  const recorder = new Recorder();
  engine.connect('127.0.0.1', await freePort(), null, recorder);
  await until('it is closed', () => recorder.calls.length > 0);
  assert.deepEqual(recorder.calls, ['closed failed']);
  engine.close();
});

test('a port that is taken can not be bound, and the error says so', async () => {
  const port = await freePort();
  const descriptor = openListeningSocket('127.0.0.1', port);
  assert.throws(() => openListeningSocket('127.0.0.1', port), { code: 'EADDRINUSE', message: /^bind: / });
  closeDescriptor(descriptor);
  closeDescriptor(openListeningSocket('127.0.0.1', port));
});

test('what is throttled runs at once, and then once for all that follows', () => {
  const timers: { readonly at: number; readonly run: () => void }[] = [];
  let time = 1000;
  const clock: Pick<Engine, 'now' | 'after'> = {
    now: () => time,
    after: (milliseconds, run) => {
      timers.push({ at: time + milliseconds, run });
      return { stop: () => {} };
    },
  };
  let asked = 0;
  const runs: (readonly [number, number])[] = [];
  const throttle = new Throttle(clock, 100, () => runs.push([time, asked]));
  const ask = (): void => {
    asked++;
    throttle.ask();
  };
  ask();
  time = 1010;
  ask();
  time = 1020;
  ask();
  assert.deepEqual(runs, [[1000, 1]]);
  assert.deepEqual(
    timers.map(({ at }) => at),
    [1100],
  );
  time = 1100;
  timers[0]?.run();
  time = 1300;
  ask();
  assert.deepEqual(runs, [
    [1000, 1],
    [1100, 3],
    [1300, 4],
  ]);
});

test('the clock goes forward', () => {
  const [seconds] = process.hrtime();
  const now = monotonicNow();
  assert.ok(Math.abs(now - seconds * 1000) < 2000);
  assert.ok(monotonicNow() >= now);
});

test('a refusal is a reset before a stream is made, and a mapped address is an IPv4 one', async (context) => {
  const descriptor = openSocket(AF_INET6);
  const port = await freePort();
  // Every address of both families, as no listener of Levee's is.
  setSocketOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  const address = new Uint8Array(28);
  new Uint16Array(address.buffer, 0, 1).fill(AF_INET6);
  new DataView(address.buffer).setUint16(2, port);
  bindSocket(descriptor, address);
  listenOn(descriptor, 16);

  const engine = new NodeEngine();
  const seen: unknown[] = [];
  const listener = engine.listen(descriptor, {
    decide: (incoming) => {
      seen.push([...incoming.address], incoming.port() > 0, incoming.localPort());
      return false;
    },
    accepted: () => seen.push('accepted'),
    exhausted: () => seen.push('exhausted'),
    failed: (message) => seen.push(message),
  });
  context.after(() => {
    listener.close();
    engine.close();
  });
  const client = new Client('127.0.0.1', port);
  assert.equal(await client.outcome, 'reset');
  assert.deepEqual(seen, [[0, 0, 0xffff, 0x7f000001], true, port]);
});

test('what is accepted and closed before anybody is asked, as libuv does without descriptors, is a reset', async (context) => {
  const port = await freePort();
  const server = createServer((socket) => socket.destroy());
  server.listen({ fd: openListeningSocket('127.0.0.1', port) });
  context.after(() => server.close());
  await once(server, 'listening');
  assert.equal(await new Client('127.0.0.1', port).outcome, 'reset');
});
