import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { EngineImplementation } from '../../src/enforcer/engine/engine.ts';
import { createOwnConnections, NOBODY, OwnConnections } from '../../src/enforcer/engine/own-connections.ts';
import { portOver } from '../../src/enforcer/engine/port.ts';
import { descriptorOfKey } from '../../src/enforcer/sockets/socket-key.ts';
import { readOption } from '../../src/enforcer/sockets/socket-options.ts';
import {
  AF_INET6,
  bindSocket,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  listenOn,
  openSocket,
  SO_REUSEADDR,
  SOL_SOCKET,
  setSocketOption,
} from '../../src/enforcer/sockets/system-calls.ts';
import { addressOf } from '../../src/net/address.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { sendUrgent } from '../network/urgent.ts';
import { until } from '../running/condition.ts';
import {
  Acceptor,
  bulk,
  engineUnderTest,
  lifetime,
  linger,
  onLinux,
  portOf,
  portOfShare,
  Recorder,
  segmentSize,
} from './engine-recorder.ts';

/** What every implementation of the engine must do. */
export function testEngine(name: string, implementation: EngineImplementation): void {
  const own = new OwnConnections(createOwnConnections(1, 16), 1);
  const { engineOf, bound, listening } = engineUnderTest(implementation, own);

  for (const prepares of [false, true]) {
    const how = prepares ? 'with a prepared socket' : 'at once';
    test(`${name}: connects ${how}, and closes once`, async (context) => {
      const member = await startMember(context, (socket) => socket.end('hello'));
      const engine = await engineOf(context);
      const recorder = new Recorder();
      if (prepares) engine.prepare('127.0.0.1', member.port, 0).connect(null, recorder);
      else engine.connect('127.0.0.1', member.port, 0, recorder);
      assert.deepEqual(recorder.calls, []);
      await recorder.hasClosed();
      assert.deepEqual(recorder.calls, ['connected', 'data hello', 'ended', 'closed finished']);
    });
  }

  test(`${name}: options are set before it connects, and stay`, onLinux, async (context) => {
    const member = await startMember(context, (socket) => socket.end('hello'));
    const engine = await engineOf(context);
    const seen: unknown[] = [];
    const recorder = new Recorder(undefined, (stream) =>
      seen.push(stream.getOption(lifetime), stream.addresses().localAddress),
    );
    const outgoing = engine.prepare('127.0.0.1', member.port, 0);
    assert.equal(outgoing.setOption(segmentSize, 600), null);
    assert.equal(outgoing.setOption(lifetime, 33), null);
    assert.equal(outgoing.getOption(lifetime), 33);
    assert.match(outgoing.setOption(linger, 5) ?? '', /must not wait/);
    const stream = outgoing.connect({ address: '127.0.0.3', port: 0 }, recorder);
    await recorder.hasClosed();
    assert.deepEqual(seen, [33, '127.0.0.3']);
    assert.equal(stream.getOption(lifetime), null);
    assert.equal(stream.setOption(lifetime, 34), 'there is no socket now');
  });

  test(`${name}: a source that can't be had is told, and closes the stream as failed`, async (context) => {
    const engine = await engineOf(context);
    const member = await startMember(context);
    const source = { address: '::1', port: 0 };
    assert.equal(engine.canConnectFrom({ address: '127.0.0.1', port: 0 }), true);
    const taken = portOf(bound(context));
    assert.equal(engine.canConnectFrom({ address: '127.0.0.1', port: taken }), false);
    const recorder = new Recorder();
    const stream = engine.prepare('127.0.0.1', member.port, 0).connect(source, recorder);
    assert.deepEqual(recorder.calls, []);
    stream.reset();
    await recorder.hasClosed();
    assert.deepEqual(recorder.calls, ['closed failed']);
    const unused = engine.prepare('127.0.0.1', member.port, 0);
    unused.getOption(lifetime);
    unused.close();
  });

  test(`${name}: nobody listens: failed`, async (context) => {
    const recorder = new Recorder();
    (await engineOf(context)).connect('127.0.0.1', await freePort(), 0, recorder);
    await recorder.hasClosed();
    assert.deepEqual(recorder.calls, ['closed failed']);
  });

  test(`${name}: connected to itself: failed`, async (context) => {
    const recorder = new Recorder();
    const port = await freePort();
    (await engineOf(context)).prepare('127.0.0.1', port, 0).connect({ address: '127.0.0.1', port }, recorder);
    await recorder.hasClosed();
    assert.deepEqual(recorder.calls, ['closed failed']);
  });

  test(`${name}: reset before it was told that it is connected: reset`, async (context) => {
    const word = new Int32Array(new SharedArrayBuffer(4));
    const member = new Worker(new URL('./resetting.worker.ts', import.meta.url), { workerData: word.buffer });
    context.after(() => member.terminate());
    const [port]: readonly unknown[] = await once(member, 'message');
    assert.ok(typeof port === 'number');
    const recorder = new Recorder();
    (await engineOf(context)).connect('127.0.0.1', port, 0, recorder);
    // The reset is here before the engine hears anything.
    process.nextTick(() => Atomics.wait(word, 0, 0));
    await recorder.hasClosed();
    assert.deepEqual(recorder.calls, ['closed reset']);
  });

  test(`${name}: a reset while it connects closes it`, async (context) => {
    const member = await startMember(context);
    const recorder = new Recorder();
    const stream = (await engineOf(context)).connect('127.0.0.1', member.port, 0, recorder);
    stream.reset();
    assert.deepEqual(recorder.calls, []);
    await recorder.hasClosed();
    assert.deepEqual(recorder.calls, ['closed dropped']);
  });

  test(`${name}: a port that is taken can not be bound, and the error says so`, async () => {
    const first = implementation.bind('127.0.0.1', 0, true);
    const port = portOf(first);
    assert.throws(() => implementation.bind('127.0.0.1', port, true), {
      code: 'EADDRINUSE',
      message: /^bind: /,
    });
    first.close();
    implementation.bind('127.0.0.1', port, true).close();
  });

  test(`${name}: a share is closed by its listener, or reclaimed, and the others go on`, async (context) => {
    const acceptor = new Acceptor();
    const { socket, listener, port } = await listening(context, acceptor);
    const second = (await engineOf(context)).listen(socket.share(), acceptor);
    listener.close();
    const lost = socket.share();
    socket.reclaim(lost, [lost]);
    assert.equal(portOfShare(lost), port);
    socket.reclaim(lost, []);
    // It is closed by now, and its number may be somebody else's.
    socket.reclaim(lost, []);
    const client = new Client('127.0.0.1', port);
    const { stream } = await acceptor.next();
    stream.write(Buffer.from('hello'));
    assert.equal(await client.outcome, 'admitted');
    client.close();
    second.close();
    second.close();
  });

  test(`${name}: a listener that finishes accepts what waits, and no more`, async (context) => {
    const socket = bound(context);
    const port = portOf(socket);
    const clients = Array.from({ length: 40 }, () => new Client('127.0.0.1', port));
    await until('the system has them', () => clients.every((client) => client.port !== 0));
    const acceptor = new Acceptor();
    const listener = (await engineOf(context)).listen(socket.share(), acceptor);
    const { promise, resolve } = Promise.withResolvers<void>();
    let calls = 0;
    listener.finish(() => {
      calls++;
      resolve();
    });
    assert.equal(calls, 0);
    await promise;
    assert.equal(acceptor.streams.length, clients.length);
    const late = new Client('127.0.0.1', port);
    await until('the system has it', () => late.port !== 0);
    listener.close();
    assert.deepEqual([acceptor.streams.length, calls], [clients.length, 1]);
    for (const { socket: client } of [late, ...clients]) client.destroy();
  });

  test(`${name}: a refusal is a reset before a stream is made`, async (context) => {
    const seen: unknown[] = [];
    const { port } = await listening(context, {
      decide: (incoming) => {
        seen.push([...incoming.address], incoming.addressText(), incoming.port() > 0);
        seen.push(incoming.localAddressText(), incoming.localPort());
        return false;
      },
      accepted: () => seen.push('accepted'),
      exhausted: () => seen.push('exhausted'),
      failed: (message) => seen.push(message),
    });
    assert.equal(await new Client('127.0.0.1', port).outcome, 'reset');
    assert.deepEqual(seen, [[0, 0, 0xffff, 0x7f000001], '127.0.0.1', true, '127.0.0.1', port]);
  });

  for (const prepares of [false, true]) {
    const how = prepares ? 'with a prepared socket' : 'at once';
    test(`${name}: what it has opened itself is known where it comes in, ${how}`, async (context) => {
      const labels: number[] = [];
      const acceptor = new Acceptor();
      const { engine, port } = await listening(context, {
        decide: (incoming) => labels.push(incoming.label()) > 0,
        accepted: (stream) => acceptor.accepted(stream),
        exhausted: () => assert.fail('there are descriptors'),
        failed: (message) => assert.fail(message),
      });
      const recorder = new Recorder();
      let ownPort = 0;
      recorder.whenClosing = (stream) => {
        ownPort = stream.addresses().localPort;
      };
      if (prepares) engine.prepare('127.0.0.1', port, 7).connect({ address: '127.0.0.3', port: 0 }, recorder);
      else engine.connect('127.0.0.1', port, 7, recorder);
      const { stream } = await acceptor.next();
      assert.deepEqual(labels, [7]);
      stream.end();
      await recorder.hasClosed();
      const address = addressOf(prepares ? '127.0.0.3' : '127.0.0.1');
      assert.ok(ownPort > 0 && address !== null);
      assert.equal(own.hasEnd(address, ownPort), false, 'it is forgotten');
      const unlabelled = new Recorder();
      engine.connect('127.0.0.1', port, NOBODY, unlabelled);
      (await acceptor.next()).stream.end();
      await unlabelled.hasClosed();
      const stranger = new Client('127.0.0.1', port);
      await acceptor.next();
      assert.deepEqual(labels, [7, NOBODY, NOBODY]);
      stranger.close();
    });
  }

  test(`${name}: a mapped address is an IPv4 one`, async (context) => {
    // Every address of both families, as no listener of Levee's is.
    const descriptor = openSocket(AF_INET6);
    setSocketOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    setSocketOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    const address = new Uint8Array(28);
    new Uint16Array(address.buffer, 0, 1).fill(AF_INET6);
    const port = await freePort();
    new DataView(address.buffer).setUint16(2, port);
    bindSocket(descriptor, address);
    listenOn(descriptor, 16);
    const seen: unknown[] = [];
    const listener = (await engineOf(context)).listen(
      { descriptors: [descriptor] },
      {
        decide: (incoming) => {
          seen.push([...incoming.address], incoming.port() > 0, incoming.localPort());
          return false;
        },
        accepted: () => seen.push('accepted'),
        exhausted: () => seen.push('exhausted'),
        failed: (message) => seen.push(message),
      },
    );
    context.after(() => listener.close());
    assert.equal(await new Client('127.0.0.1', port).outcome, 'reset');
    assert.deepEqual(seen, [[0, 0, 0xffff, 0x7f000001], true, port]);
  });

  test(`${name}: many that are refused at once are all reset, and nothing of them is left`, async (context) => {
    const open = () => readdirSync('/dev/fd').length;
    let refused = 0;
    const { port } = await listening(context, {
      // One of them in between is let in.
      decide: () => ++refused === 5,
      accepted: (stream) => {
        stream.open(new Recorder());
        stream.write(Buffer.from('hello'));
      },
      exhausted: () => assert.fail('there are descriptors'),
      failed: (message) => assert.fail(message),
    });
    const before = open();
    const clients = Array.from({ length: 20 }, () => new Client('127.0.0.1', port));
    const outcomes = await Promise.all(clients.map(({ outcome }) => outcome));
    assert.equal(outcomes.filter((outcome) => outcome === 'reset').length, 19);
    for (const client of clients) client.close();
    await until('all descriptors are closed', () => open() <= before);
  });

  for (const [listens, goes] of [
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.2'],
  ] as const) {
    test(`${name}: a connection to ${goes} has that end where ${listens} is listened on`, async (context) => {
      const acceptor = new Acceptor();
      const { port } = await listening(context, acceptor, listens);
      const client = new Client(goes, port, '127.0.0.3');
      const { stream } = await acceptor.next();
      const { remoteAddress, remotePort, localAddress, localPort } = stream.addresses();
      assert.deepEqual([remoteAddress, localAddress, localPort], ['127.0.0.3', goes, port]);
      assert.equal(remotePort, client.port);
      client.close();
    });
  }

  test(`${name}: each direction ends for itself, after what was written`, async (context) => {
    const acceptor = new Acceptor(() => new Recorder(() => {}));
    const { port } = await listening(context, acceptor);
    const client = new Client('127.0.0.1', port);
    client.socket.write('hello');
    client.socket.end();
    const { stream, recorder } = await acceptor.next();
    await until('the client has ended', () => recorder.calls.includes('ended'));
    assert.deepEqual(recorder.calls, ['data hello', 'ended']);
    assert.equal(stream.addresses().remotePort, client.port);
    assert.equal(stream.addresses().localPort, port);
    for (let chunk = 0; chunk < 16; chunk++) stream.write(bulk);
    stream.end();
    assert.ok(!recorder.isClosed);
    await recorder.hasClosed();
    assert.equal(await client.end, '');
    assert.equal(client.received, 16 * bulk.length);
    assert.equal(recorder.calls.at(-1), 'closed finished');
    assert.equal(recorder.calls.filter((call) => call.startsWith('closed')).length, 1);
  });

  test(`${name}: the system resets what was accepted, if the thread dies`, onLinux, async (context) => {
    const acceptor = new Acceptor();
    let descriptor = -1;
    const { port } = await listening(context, {
      decide: (incoming) => {
        descriptor = descriptorOfKey(incoming.socket());
        return true;
      },
      accepted: (stream) => acceptor.accepted(stream),
      exhausted: () => assert.fail('there are descriptors'),
      failed: (message) => assert.fail(message),
    });
    const client = new Client('127.0.0.1', port);
    const { stream, recorder } = await acceptor.next();
    // Past the stream, which puts it right for whoever looks.
    assert.equal(readOption(descriptor, linger, false), 0);
    client.socket.end();
    await until('the client has ended', () => recorder.calls.includes('ended'));
    stream.end();
    assert.equal(await client.end, '');
  });

  test(`${name}: the peer may go on after our end`, async (context) => {
    const acceptor = new Acceptor();
    const { port } = await listening(context, acceptor);
    const client = new Client('127.0.0.1', port);
    const { stream, recorder } = await acceptor.next();
    stream.write(Buffer.from('hello'));
    stream.end();
    assert.equal(await client.end, '');
    assert.equal(client.received, 5);
    client.socket.end('more');
    await recorder.hasClosed();
    assert.deepEqual(recorder.calls, ['data more', 'ended', 'closed finished']);
  });

  test(`${name}: a reset after the peer's end is noticed`, async (context) => {
    const acceptor = new Acceptor(() => new Recorder(() => {}));
    const { port } = await listening(context, acceptor);
    const client = new Client('127.0.0.1', port);
    const { recorder } = await acceptor.next();
    client.socket.end();
    await until('the client has ended', () => recorder.calls.includes('ended'));
    client.socket.resetAndDestroy();
    await recorder.hasClosed();
    assert.deepEqual(recorder.calls, ['ended', 'closed reset']);

    const hasty = new Client('127.0.0.1', port);
    const other = await acceptor.next();
    // Both are here before the engine hears of either.
    hasty.socket.end(() => hasty.socket.resetAndDestroy());
    await other.recorder.hasClosed();
    assert.equal(other.recorder.calls.at(-1), 'closed reset');
  });

  test(`${name}: back-pressure is felt in both directions`, async (context) => {
    const acceptor = new Acceptor();
    const { port } = await listening(context, acceptor);
    const client = new Client('127.0.0.1', port);
    const { stream, recorder } = await acceptor.next();
    client.socket.pause();
    let written = 0;
    while (stream.write(bulk)) written++;
    assert.ok(stream.unsent() > 0);
    assert.ok(stream.untaken() > stream.unsent());
    client.socket.resume();
    await until('it is drained', () => recorder.calls.includes('drained'));
    assert.equal(stream.unsent(), 0);
    await until('all is there', () => client.received === (written + 1) * bulk.length);
    await until('all is acknowledged', () => stream.untaken() === 0);

    stream.pause();
    while (client.socket.write(bulk)) written++;
    const before = recorder.bytes;
    await once(client.socket, 'drain', { signal: AbortSignal.timeout(200) }).catch(() => {});
    assert.equal(recorder.bytes, before);
    stream.resume();
    client.socket.end();
    await recorder.hasClosed();
    assert.ok(recorder.bytes > before);
  });

  test(`${name}: urgent data stays where it stands, from either side`, async (context) => {
    const speak = (socket: Socket): void => {
      sendUrgent(socket, 'ab');
      sendUrgent(socket, 'cd');
      socket.end('ef');
    };
    const acceptor = new Acceptor();
    const { engine, port } = await listening(context, acceptor);
    const { socket } = new Client('127.0.0.1', port);
    socket.on('connect', () => speak(socket));
    const member = await startMember(context, speak);
    const connected = new Recorder();
    engine.connect('127.0.0.1', member.port, 0, connected);
    const prepared = new Recorder();
    engine.prepare('127.0.0.1', member.port, 0).connect(null, prepared);
    for (const recorder of [(await acceptor.next()).recorder, connected, prepared]) {
      await recorder.hasClosed();
      const data = recorder.calls.filter((call) => call.startsWith('data '));
      assert.equal(data.map((call) => call.slice('data '.length)).join(''), 'abcdef');
    }
  });

  test(`${name}: a reset by the peer is noticed, paused or not`, async (context) => {
    const acceptor = new Acceptor();
    const { port } = await listening(context, acceptor);
    for (const isPaused of [false, true]) {
      const client = new Client('127.0.0.1', port);
      const { stream, recorder } = await acceptor.next();
      if (isPaused) stream.pause();
      client.socket.resetAndDestroy();
      await recorder.hasClosed();
      assert.deepEqual(recorder.calls, ['closed reset']);
    }
  });

  test(`${name}: a reset from here is one for the peer, with unsent bytes and without`, async (context) => {
    const acceptor = new Acceptor();
    const { port } = await listening(context, acceptor);
    for (const isFull of [false, true]) {
      const client = new Client('127.0.0.1', port);
      const { stream, recorder } = await acceptor.next();
      if (isFull) {
        client.socket.pause();
        while (stream.write(bulk));
        stream.end();
      }
      stream.reset();
      stream.reset();
      assert.deepEqual(recorder.calls, []);
      await recorder.hasClosed();
      assert.deepEqual(recorder.calls, ['closed dropped']);
      client.socket.resume();
      assert.equal(await client.end, 'ECONNRESET');
    }
  });

  for (const address of ['127.0.0.1', '::1']) {
    test(
      `${name}: listeners and streams have options, and a SYN if wanted: ${address}`,
      onLinux,
      async (context) => {
        const acceptor = new Acceptor();
        const { listener, port } = await listening(context, acceptor, address);
        assert.match(listener.setOption(linger, -1) ?? '', /must be reset/);
        assert.equal(listener.setOption(lifetime, 44), null);
        assert.equal(listener.getOption(lifetime), 44);
        listener.saveSyns(true);
        const client = new Client(address, port);
        const { stream } = await acceptor.next();
        assert.equal(stream.getOption(linger), -1);
        assert.equal(stream.setOption(lifetime, 55), null);
        assert.equal(stream.getOption(lifetime), 55);
        const version = address === '::1' ? 6 : 4;
        assert.equal((stream.savedSyn()?.[0] ?? 0) >> 4, version);
        assert.equal(stream.savedSyn(), null);
        listener.saveSyns(false);
        client.close();
        const other = new Client(address, port);
        assert.equal((await acceptor.next()).stream.savedSyn(), null);
        other.close();
      },
    );
  }

  test(`${name}: a message waits for some events, and never for all that there are`, async (context) => {
    const { port1: near, port2: far } = new MessageChannel();
    context.after(() => near.close());
    const port = portOver<string, string>(near);
    const calls: string[] = [];
    const busy = new Recorder();
    busy.data = () => {
      calls.push('data');
      if (calls.length === 1) far.postMessage('');
      for (const end = performance.now() + 0.5; performance.now() < end; );
    };
    const acceptor = new Acceptor(() => busy);
    const { engine, port: listens } = await listening(context, acceptor);
    port.receive(() => void calls.push('message'));
    engine.whenNodeWaits(port.receiveWaiting);
    const clients: Client[] = [];
    context.after(() => {
      for (const { socket } of clients) socket.resetAndDestroy();
    });
    for (let count = 0; count < 200; count++) clients.push(new Client('127.0.0.1', listens));
    for (const _ of clients) await acceptor.next();
    for (const { socket } of clients) socket.write('x');
    await until('all have spoken', () => calls.length === clients.length + 1);
    const waited = calls.indexOf('message');
    assert.ok(waited > 0 && waited <= 100, `it waited for ${waited} events`);
  });

  test(`${name}: timers run, and stop`, async (context) => {
    const engine = await engineOf(context);
    const begin = engine.now();
    let count = 0;
    const stopped = engine.after(1, () => assert.fail('it was stopped'));
    stopped.stop();
    const ticking = engine.every(2, () => count++);
    const passed = await new Promise<number>((resolve) => {
      engine.after(30, () => resolve(engine.now() - begin));
    });
    ticking.stop();
    assert.ok(count > 0);
    assert.ok(passed >= 29);
    assert.ok(Math.abs(engine.wallClock() - Date.now()) < 1000);
  });
}
