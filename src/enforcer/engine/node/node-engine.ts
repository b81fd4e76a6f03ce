import { connect, createServer, Socket } from 'node:net';
import { KEEPALIVE_DELAY } from '../../sockets/connection-options.ts';
import {
  hasSpareDescriptor,
  isOfDescriptors,
  resetOnClose,
  softDescriptorLimit,
} from '../../sockets/system-calls.ts';
import { monotonicNow } from '../clock.ts';
import type { Engine, Listener, ListenHandler, Stream, StreamHandler, Timer } from '../engine.ts';
import { NodeIncoming } from './incoming.ts';
import { descriptorOf, NodeStream } from './stream.ts';
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

  connect(address: string, port: number, socket: number | null, handler: StreamHandler): Stream {
    const carrier =
      socket === null
        ? connect({ ...SETTINGS, host: address, port })
        : new Socket({ ...ADOPTED, fd: socket }).connect({ host: address, port });
    const stream = new NodeStream(carrier, this.unread);
    stream.open(handler);
    return stream;
  }

  failed(cause: 'failed' | 'exhausted', handler: StreamHandler): Stream {
    const stream = new NodeStream(new Socket(), this.unread, cause);
    stream.open(handler);
    stream.reset();
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

const SETTINGS = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEPALIVE_DELAY * 1000,
};

/** Of a socket that was made for a connection: its options are those that it has. */
const ADOPTED = { allowHalfOpen: true, readable: true, writable: true };
