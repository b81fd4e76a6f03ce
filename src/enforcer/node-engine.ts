import { connect, createServer, Socket } from 'node:net';
import { monotonicNow } from './clock.ts';
import type {
  Engine,
  Listener,
  ListenHandler,
  SocketOption,
  Stream,
  StreamHandler,
  Timer,
} from './engine.ts';
import { NodeIncoming } from './node-incoming.ts';
import { descriptorOf, NodeStream } from './node-stream.ts';
import {
  AF_INET,
  AF_INET6,
  hasSpareDescriptor,
  isOfDescriptors,
  openSocket,
  resetOnClose,
  setSocketOption,
  softDescriptorLimit,
} from './system-calls.ts';
import { UnreadStreams } from './unread-streams.ts';

/** How long a reset may go unnoticed on a stream that nobody reads, in milliseconds. */
const SWEEP_INTERVAL = 100;
/** How often it is asked whether there are descriptors, in milliseconds. */
const DESCRIPTORS_INTERVAL = 1000;
/**
 * Below the limit of the process so many are kept free. A new descriptor is the lowest that is free, so one that is
 * above says that all others are in use; one more, and libuv would close what it accepts without a word to us.
 */
const SPARE_DESCRIPTORS = 16;
/** Seconds before the first keepalive probe on a connection that we opened. */
const KEEPALIVE_DELAY = 60;
/** Connections that may wait in the kernel; it lowers this to net.core.somaxconn. */
export const BACKLOG = 4096;

/** The engine on node:net. */
export class NodeEngine implements Engine {
  private readonly unread = new UnreadStreams();
  private readonly handlers = new Set<ListenHandler>();
  private readonly timers: readonly Timer[];
  private firstSpare = softDescriptorLimit() - SPARE_DESCRIPTORS;

  constructor() {
    this.timers = [
      this.every(SWEEP_INTERVAL, () => this.unread.sweep()),
      this.every(DESCRIPTORS_INTERVAL, () => this.lookForDescriptors()),
    ];
  }

  /** Nothing of the engine's own keeps the thread alive any more. */
  close(): void {
    for (const timer of this.timers) timer.stop();
  }

  now(): number {
    return monotonicNow();
  }

  wallClock(): number {
    return Date.now();
  }

  listen(descriptor: number, handler: ListenHandler): Listener {
    const incoming = new NodeIncoming();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      if (incoming.take(socket) && this.hasDescriptors(socket, handler) && handler.decide(incoming)) {
        resetOnClose(descriptorOf(socket), false);
        handler.accepted(new NodeStream(socket, this.unread));
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
      close();
      handler.failed(error.message);
    });
    const close = (): void => {
      this.handlers.delete(handler);
      server.close();
    };
    this.handlers.add(handler);
    // In the options `backlog` goes unread beside `fd`, and the socket would shrink to Node's 511.
    server.listen({ fd: descriptor }, BACKLOG);
    return { close };
  }

  private hasDescriptors(socket: Socket, handler: ListenHandler): boolean {
    if (descriptorOf(socket) < this.firstSpare) return true;
    handler.exhausted(1);
    return false;
  }

  /** The limit may change while the process runs; and what the system as a whole has, only a try tells. */
  private lookForDescriptors(): void {
    this.firstSpare = softDescriptorLimit() - SPARE_DESCRIPTORS;
    if (hasSpareDescriptor()) return;
    for (const handler of this.handlers) handler.exhausted(0);
  }

  connect(address: string, port: number, options: readonly SocketOption[], handler: StreamHandler): Stream {
    const socket = options.length === 0 ? connectPlain(address, port) : connectWith(address, port, options);
    const stream = new NodeStream(socket, this.unread);
    stream.open(handler);
    return stream;
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

/** A refused connection is forgotten; that its peer was faster concerns nobody. */
const ignoreRefused = (): void => {};

const settings = (address: string, port: number) => ({
  host: address,
  port,
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEPALIVE_DELAY * 1000,
});

const connectPlain = (address: string, port: number): Socket => connect(settings(address, port));

/** Throws SystemCallError when an option is refused. */
const connectWith = (address: string, port: number, options: readonly SocketOption[]): Socket => {
  const descriptor = openSocket(address.includes(':') ? AF_INET6 : AF_INET);
  const socket = new Socket({ fd: descriptor, allowHalfOpen: true, readable: true, writable: true });
  try {
    for (const { level, name, value } of options) setSocketOption(descriptor, level, name, value);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket.connect(settings(address, port));
};
