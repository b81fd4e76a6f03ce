import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Engine, EngineImplementation } from '../../src/enforcer/engine/engine.ts';
import type {
  Listener,
  ListenerShare,
  ListenHandler,
  ListeningSocket,
} from '../../src/enforcer/engine/listener.ts';
import { createOwnConnections, OwnConnections } from '../../src/enforcer/engine/own-connections.ts';
import { createOwnedDescriptors } from '../../src/enforcer/engine/owned-descriptors.ts';
import type { SocketOption } from '../../src/enforcer/engine/socket-option.ts';
import type { CloseCause, Stream, StreamHandler } from '../../src/enforcer/engine/stream.ts';
import { ownEndOf } from '../../src/enforcer/sockets/socket-ends.ts';
import { hardDescriptorLimit } from '../../src/enforcer/sockets/system-calls.ts';
import { until } from '../running/condition.ts';

export const onLinux = { skip: process.platform === 'linux' ? false : 'socket options are those of Linux' };
export const segmentSize: SocketOption = {
  name: 'maxseg',
  form: 'int',
  most: 65_535,
  linux: { level: 6, name: 2 },
};
export const linger: SocketOption = {
  name: 'linger',
  form: 'linger',
  most: 65_535,
  linux: { level: 1, name: 13 },
};
/** TTL of IPv4, hop limit of IPv6. */
export const lifetime: SocketOption = {
  name: 'ttl',
  form: 'int',
  most: 255,
  linux: { level: 0, name: 2 },
  linuxV6: { level: 41, name: 16 },
};
export const bulk = Buffer.alloc(262_144, 'x');

/** Writes down what it is told, and does with a stream what it is asked to. */
export class Recorder implements StreamHandler {
  readonly calls: string[] = [];
  bytes = 0;
  relayedBytes = 0;
  /** How far its end has come before `closed`. */
  ending: '' | 'closing' | 'over' = '';
  whenClosing = (_: Stream): void => {};
  whenOver = (_: Stream): void => {};
  /** The stream that this one is relayed to takes no more. */
  whenStuffed = (stream: Stream): void => stream.pause();
  whenData = (_: Stream, __: Uint8Array): void => {};
  whenDrained = (_: Stream): void => {};
  readonly #whenConnected: (stream: Stream) => void;
  whenEnded: (stream: Stream) => void;

  constructor(whenEnded = (stream: Stream): void => stream.end(), whenConnected = (_: Stream): void => {}) {
    this.whenEnded = whenEnded;
    this.#whenConnected = whenConnected;
  }

  connected(stream: Stream): void {
    this.calls.push('connected');
    this.#whenConnected(stream);
  }

  data(stream: Stream, chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.whenData(stream, chunk);
    if (chunk.length < 100) this.calls.push(`data ${Buffer.from(chunk).toString()}`);
  }

  relayed(stream: Stream, bytes: number, takesMore: boolean): void {
    this.relayedBytes += bytes;
    if (!takesMore) this.whenStuffed(stream);
  }

  ended(stream: Stream): void {
    this.calls.push('ended');
    this.whenEnded(stream);
  }

  drained(stream: Stream): void {
    this.calls.push('drained');
    this.whenDrained(stream);
  }

  closing(stream: Stream): void {
    assert.equal(this.ending, '');
    this.ending = 'closing';
    this.whenClosing(stream);
  }

  over(stream: Stream): void {
    assert.equal(this.ending, 'closing');
    this.ending = 'over';
    this.whenOver(stream);
  }

  closed(_: Stream, cause: CloseCause): void {
    assert.equal(this.ending, 'over');
    this.calls.push(`closed ${cause}`);
  }

  get isClosed(): boolean {
    return this.calls.some((call) => call.startsWith('closed'));
  }

  async hasClosed(): Promise<void> {
    await until('it is closed', () => this.isClosed);
  }
}

/** Accepts what comes, with a recorder for each. */
export class Acceptor implements ListenHandler {
  readonly streams: Stream[] = [];
  readonly recorders: Recorder[] = [];
  readonly #make: () => Recorder;

  constructor(make = (): Recorder => new Recorder()) {
    this.#make = make;
  }

  decide(): boolean {
    return true;
  }

  accepted(stream: Stream): void {
    const recorder = this.#make();
    this.streams.push(stream);
    this.recorders.push(recorder);
    stream.open(recorder);
  }

  exhausted(): void {
    assert.fail('there are descriptors');
  }

  failed(message: string): void {
    assert.fail(message);
  }

  async next(): Promise<{ readonly stream: Stream; readonly recorder: Recorder }> {
    await until('a connection is accepted', () => this.streams.length > 0);
    const stream = this.streams.shift();
    const recorder = this.recorders.shift();
    assert.ok(stream !== undefined && recorder !== undefined);
    return { stream, recorder };
  }
}

export function portOfShare({ descriptors: [descriptor = -1] }: ListenerShare): number {
  return ownEndOf(descriptor, new Uint32Array(4));
}

/** Where a listening socket is. */
export function portOf(socket: ListeningSocket): number {
  const share = socket.share();
  const port = portOfShare(share);
  socket.reclaim(share, []);
  return port;
}

type Listening = {
  readonly engine: Engine;
  readonly socket: ListeningSocket;
  readonly listener: Listener;
  readonly port: number;
};

/** What tests of an implementation begin with; all of it ends with the test. */
export function engineUnderTest(
  implementation: EngineImplementation,
  own = new OwnConnections(createOwnConnections(1, 16), 1),
  isQueued = false,
) {
  async function engineOf(context: TestContext): Promise<Engine> {
    const engine = await implementation.start(own, createOwnedDescriptors(hardDescriptorLimit()));
    context.after(() => engine.close());
    return engine;
  }

  function bound(context: TestContext, address = '127.0.0.1'): ListeningSocket {
    const socket = implementation.bind(address, 0, isQueued);
    context.after(() => socket.close());
    return socket;
  }

  async function listening(
    context: TestContext,
    handler: ListenHandler,
    address = '127.0.0.1',
  ): Promise<Listening> {
    const engine = await engineOf(context);
    const socket = bound(context, address);
    const port = portOf(socket);
    const listener = engine.listen(socket.share(), handler);
    context.after(() => listener.close());
    return { engine, socket, listener, port };
  }

  return { engineOf, bound, listening };
}
