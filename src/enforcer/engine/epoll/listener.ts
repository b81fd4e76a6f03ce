import { saveSyns } from '../../sockets/saved-syn.ts';
import { readOption, writeOption } from '../../sockets/socket-options.ts';
import { resetOnClose, SystemCallError } from '../../sockets/system-calls.ts';
import type { Listener, ListenHandler } from '../listener.ts';
import type { OwnConnections } from '../own-connections.ts';
import type { SocketOption } from '../socket-option.ts';
import {
  EBADF,
  EINVAL,
  EMFILE,
  ENFILE,
  ENOTSOCK,
  ENOTSUP,
  EPOLLEXCLUSIVE,
  EPOLLIN,
  NONBLOCKING,
} from './calls.ts';
import { EpollIncoming } from './incoming.ts';
import type { Accepting, Loop, Watched } from './loop.ts';
import type { SpareDescriptors } from './spare-descriptors.ts';
import { EpollStream } from './stream.ts';

/** Connections that are accepted before what is established has its turn again. */
const mostAtOnce = 8;

/** What all listeners of an engine share. */
export type SharedByListeners = {
  readonly loop: Loop;
  readonly own: OwnConnections;
  readonly spare: SpareDescriptors;
};

/** One worker's part of a listening socket. */
export class EpollListener implements Listener, Watched, Accepting {
  readonly generation: number;
  readonly #shared: SharedByListeners;
  readonly #handler: ListenHandler;
  readonly #incoming: EpollIncoming;
  readonly #closed: () => void;
  /** -1: it is closed. */
  #descriptor: number;
  /** It waits for its turn. */
  #isDue = false;

  /** `closed` is called at the first `close`. */
  constructor(shared: SharedByListeners, descriptor: number, handler: ListenHandler, closed: () => void) {
    const { loop, own } = shared;
    this.generation = loop.nextGeneration();
    this.#shared = shared;
    this.#descriptor = descriptor;
    this.#handler = handler;
    this.#incoming = new EpollIncoming(loop, own);
    this.#closed = closed;
    loop.calls.stopBlocking(descriptor);
    // What it accepts has that from it: a refusal is a close.
    resetOnClose(descriptor, true);
    if (loop.watch(descriptor, EPOLLIN | EPOLLEXCLUSIVE, this)) return;
    const { message } = new SystemCallError('epoll_ctl', loop.calls.errno());
    loop.timers.after(0, () => this.#fail(message));
  }

  getOption(option: SocketOption): number | null {
    return readOption(this.#descriptor, option, false);
  }

  setOption(option: SocketOption, value: number): string | null {
    if (option.form === 'linger') return 'what is accepted for want of descriptors must be reset';
    return writeOption(this.#descriptor, option, false, value);
  }

  saveSyns(saves: boolean): void {
    if (this.#descriptor >= 0) saveSyns(this.#descriptor, saves);
  }

  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor < 0) return;
    this.#descriptor = -1;
    this.#shared.loop.unwatch(descriptor);
    this.#shared.loop.closeDescriptor(descriptor);
    this.#closed();
  }

  happened(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#shared.loop.acceptFrom(this);
  }

  accept(): void {
    this.#isDue = false;
    const { calls, memory } = this.#shared.loop;
    for (let count = 0; count < mostAtOnce && this.#descriptor >= 0; count++) {
      memory.expectName();
      const descriptor = calls.accept(this.#descriptor, memory.nameAt, memory.nameLengthAt, NONBLOCKING);
      if (descriptor < 0) {
        this.#refused(calls.errno());
        return;
      }
      this.#shared.loop.entered(descriptor);
      this.#incoming.take(descriptor);
      this.#decide(descriptor);
    }
  }

  #decide(descriptor: number): void {
    const { loop, own, spare } = this.#shared;
    if (spare.includes(descriptor)) this.#handler.exhausted(1);
    else if (this.#handler.decide(this.#incoming)) {
      resetOnClose(descriptor, false);
      this.#handler.accepted(new EpollStream(loop, own, descriptor, false));
      return;
    }
    loop.closeDescriptor(descriptor);
  }

  #refused(errno: number): void {
    switch (errno) {
      case EMFILE:
      case ENFILE:
        this.#resetOne();
        break;
      case EBADF:
      case EINVAL:
      case ENOTSOCK:
      case ENOTSUP:
        this.#fail(new SystemCallError('accept4', errno).message);
        break;
      default:
      // Nothing waits, another worker was faster, or the peer has gone: whatever comes is told again.
    }
  }

  /** What can't be accepted would wait, and be told again and again: it is reset over the descriptor in reserve. */
  #resetOne(): void {
    const { loop, spare } = this.#shared;
    if (!spare.release()) return;
    const descriptor = loop.calls.accept(this.#descriptor, 0, 0, NONBLOCKING);
    if (descriptor >= 0) {
      loop.calls.close(descriptor);
      this.#handler.exhausted(1);
    }
    spare.restore();
  }

  #fail(message: string): void {
    if (this.#descriptor < 0) return;
    this.close();
    this.#handler.failed(message);
  }
}
