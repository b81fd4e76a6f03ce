import { connect, createServer, Socket } from 'node:net';
import { keepaliveDelay } from '../../sockets/connection-options.ts';
import { backlog } from '../../sockets/listening-socket.ts';
import { type Connector, canBind, DescriptorSocket } from '../../sockets/outgoing-socket.ts';
import { SocketProbe } from '../../sockets/socket-probe.ts';
import { hasSpareDescriptor, isOfDescriptors, softDescriptorLimit } from '../../sockets/system-calls.ts';
import { monotonicNow } from '../clock.ts';
import type { Engine, Timer } from '../engine.ts';
import type { Listener, ListenerShare, ListenHandler } from '../listener.ts';
import { LocalAddresses } from '../local-addresses.ts';
import type { OutgoingSocket, SourceAddress } from '../outgoing-socket.ts';
import { NOBODY, type OwnConnections } from '../own-connections.ts';
import type { Stream, StreamHandler } from '../stream.ts';
import { NodeIncoming } from './incoming.ts';
import { NodeListener } from './listener.ts';
import { NodeTurns } from './node-turns.ts';
import { ReadMemory } from './read-memory.ts';
import { NodeStream, type SharedByStreams, type Towards } from './stream.ts';
import { UnreadStreams } from './unread-streams.ts';

/** Milliseconds that a reset may go unnoticed on a stream that is not being read. */
const sweepInterval = 100;
/** Milliseconds between two checks of the descriptors that are left. */
const descriptorsInterval = 1000;
/** Milliseconds between two looks at which addresses this machine has. */
const addressesInterval = 5000;
/**
 * Descriptors below the limit of the process that accept leaves free. The system gives the lowest that is free, so one
 * above this line says that all below are in use. At the limit, libuv would close what it accepts without telling us.
 */
const spareDescriptors = 16;

/** The engine on node:net. */
export class NodeEngine implements Engine {
  readonly #unread = new UnreadStreams();
  readonly #shared: SharedByStreams;
  readonly #turns = new NodeTurns();
  readonly #probe = new SocketProbe();
  readonly #local = new LocalAddresses();
  readonly #handlers = new Set<ListenHandler>();
  readonly #timers: readonly Timer[];
  readonly #own: OwnConnections;
  #firstSpare = softDescriptorLimit() - spareDescriptors;

  constructor(own: OwnConnections) {
    this.#own = own;
    this.#shared = { unread: this.#unread, memory: new ReadMemory(), own, turns: this.#turns };
    this.#timers = [
      this.every(sweepInterval, () => this.#unread.sweep()),
      this.every(descriptorsInterval, () => this.#checkDescriptors()),
      this.every(addressesInterval, () => this.#local.refresh()),
    ];
  }

  close(): void {
    for (const timer of this.#timers) timer.stop();
  }

  now(): number {
    return monotonicNow();
  }

  wallClock(): number {
    return Date.now();
  }

  listen({ descriptors: [descriptor = -1] }: ListenerShare, handler: ListenHandler): Listener {
    const incoming = new NodeIncoming(this.#own);
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      if (incoming.take(socket) && this.#hasDescriptors(incoming, handler) && handler.decide(incoming)) {
        handler.accepted(new NodeStream(socket, this.#shared));
      } else {
        socket.on('error', ignoreRefused);
        socket.resetAndDestroy();
      }
    });
    server.on('error', (error) => {
      if ('code' in error && isOfDescriptors(error.code)) {
        handler.exhausted(1);
        return;
      }
      listener.close();
      handler.failed(error.message);
    });
    const listener = new NodeListener(server, descriptor, () => this.#handlers.delete(handler));
    this.#handlers.add(handler);
    // In the options `backlog` goes unread beside `fd`, and the socket would shrink to Node's 511.
    server.listen({ fd: descriptor }, backlog);
    return listener;
  }

  #hasDescriptors(incoming: NodeIncoming, handler: ListenHandler): boolean {
    if (incoming.descriptor() < this.#firstSpare) return true;
    handler.exhausted(1);
    return false;
  }

  /** The limit may change while the process runs; what the system as a whole has left, only a try shows. */
  #checkDescriptors(): void {
    this.#firstSpare = softDescriptorLimit() - spareDescriptors;
    if (hasSpareDescriptor()) return;
    for (const handler of this.#handlers) handler.exhausted(0);
  }

  connect(address: string, port: number, label: number, handler: StreamHandler): Stream {
    return this.#opened(connect({ ...settings, host: address, port }), { address, port, label }, handler);
  }

  prepare(address: string, port: number, label: number): OutgoingSocket {
    const connector: Connector = {
      opened: () => undefined,
      closing: () => undefined,
      connect: (descriptor, handler) =>
        descriptor === null
          ? this.connect(address, port, label, handler)
          : this.#opened(
              new Socket({ ...adopted, fd: descriptor }).connect({ host: address, port }),
              { address, port, label },
              handler,
            ),
      fail: (cause, handler) => this.#failed(cause, handler),
    };
    return new DescriptorSocket(address, connector);
  }

  /** It keeps nothing there. */
  changeRelayRoom(): void {}

  whenNodeWaits(ask: () => void): void {
    this.#turns.whenWaiting(ask);
  }

  isLocal(address: Uint32Array): boolean {
    return this.#local.has(address);
  }

  canConnectFrom(source: SourceAddress): boolean {
    return canBind(source);
  }

  #opened(socket: Socket, towards: Towards, handler: StreamHandler): Stream {
    const stream = new NodeStream(socket, this.#shared);
    stream.begin(towards.port, handler);
    // Node makes the call itself in the next tick: then the socket has its port.
    if (towards.label !== NOBODY)
      process.nextTick(enter, stream, towards.address, towards.port, towards.label);
    return stream;
  }

  #failed(cause: 'failed' | 'exhausted', handler: StreamHandler): Stream {
    const stream = new NodeStream(new Socket(), this.#shared, cause);
    stream.open(handler);
    stream.reset();
    return stream;
  }

  probe(sockets: Int32Array, over: Uint8Array, count: number): void {
    this.#probe.probe(sockets, over, count);
  }

  after(milliseconds: number, callback: () => void): Timer {
    const timer = setTimeout(callback, milliseconds);
    return { stop: () => clearTimeout(timer) };
  }

  every(milliseconds: number, callback: () => void): Timer {
    const timer = setInterval(callback, milliseconds);
    return { stop: () => clearInterval(timer) };
  }
}

function enter(stream: NodeStream, address: string, port: number, label: number): void {
  stream.enter(address, port, label);
}

/** A refused connection is forgotten; that its peer was faster concerns nobody. */
function ignoreRefused(): void {}

const settings = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: keepaliveDelay * 1000,
};

/** Of a socket that was made for a connection: its options are those that it has. */
const adopted = { allowHalfOpen: true, readable: true, writable: true };
