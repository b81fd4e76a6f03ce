import { backlog } from '../../sockets/listening-socket.ts';
import { saveSyns } from '../../sockets/saved-syn.ts';
import { readOption, writeOption } from '../../sockets/socket-options.ts';
import { resetOnClose, SystemCallError } from '../../sockets/system-calls.ts';
import type { Listener, ListenHandler } from '../listener.ts';
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
import { commonEndOf } from './ends.ts';
import { EpollIncoming } from './incoming.ts';
import { RESETS_ON_CLOSE } from './late-options.ts';
import type { Accepting, Watched } from './loop.ts';
import { RefusedDescriptors } from './refused-descriptors.ts';
import type { SpareDescriptors } from './spare-descriptors.ts';
import { EpollStream, type SharedByStreams } from './stream.ts';
import { waitingIn } from './waiting.ts';

/** Connections that are accepted before what is established has its turn again. */
const mostAtOnce = 8;

/** What all listeners of an engine share. */
export type SharedByListeners = SharedByStreams & { readonly spare: SpareDescriptors };

/** One worker's part of a listening socket: its queues, which every worker accepts from. */
export class EpollListener implements Listener {
  readonly #descriptors: readonly number[];
  readonly #queues: readonly AcceptQueue[];
  readonly #closed: () => void;
  #isClosed = false;

  /** `closed` is called at the first `close`. */
  constructor(
    shared: SharedByListeners,
    descriptors: readonly number[],
    handler: ListenHandler,
    closed: () => void,
  ) {
    const fail = (message: string): void => {
      if (this.#isClosed) return;
      this.close();
      handler.failed(message);
    };
    this.#descriptors = descriptors;
    this.#queues = descriptors.map((descriptor) => new AcceptQueue(shared, descriptor, handler, fail));
    this.#closed = closed;
  }

  getOption(option: SocketOption): number | null {
    return readOption(this.#isClosed ? -1 : (this.#descriptors[0] ?? -1), option, false);
  }

  setOption(option: SocketOption, value: number): string | null {
    if (option.form === 'linger') return 'what is accepted for want of descriptors must be reset';
    if (this.#isClosed) return writeOption(-1, option, false, value);
    const faults = this.#descriptors.map((descriptor) => writeOption(descriptor, option, false, value));
    return faults.find((fault) => fault !== null) ?? null;
  }

  saveSyns(saves: boolean): void {
    if (this.#isClosed) return;
    for (const descriptor of this.#descriptors) saveSyns(descriptor, saves);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const queue of this.#queues) queue.close();
    this.#closed();
  }

  finish(done: () => void): void {
    let left = this.#queues.length;
    const emptied = (): void => {
      left -= 1;
      if (left > 0) return;
      this.close();
      done();
    };
    for (const queue of this.#queues) queue.finish(emptied);
  }
}

/** One queue of connections that wait: they are accepted a few at a time, so that none waits for all of another queue. */
class AcceptQueue implements Watched, Accepting {
  readonly generation: number;
  readonly #shared: SharedByListeners;
  readonly #handler: ListenHandler;
  readonly #incoming: EpollIncoming;
  /** Those that are refused in this turn. */
  readonly #refusals: RefusedDescriptors;
  readonly #fail: (message: string) => void;
  /** -1: it is closed. */
  #descriptor: number;
  /** It waits for its turn. */
  #isDue = false;
  /** Called once nothing waits in it. */
  #emptied: (() => void) | null = null;
  /** Connections that it may accept until then: more come meanwhile. */
  #rest = 0;

  constructor(
    shared: SharedByListeners,
    descriptor: number,
    handler: ListenHandler,
    fail: (message: string) => void,
  ) {
    const { loop, own } = shared;
    this.generation = loop.nextGeneration();
    this.#shared = shared;
    this.#descriptor = descriptor;
    this.#handler = handler;
    this.#incoming = new EpollIncoming(loop, own, commonEndOf(loop, descriptor));
    this.#refusals = new RefusedDescriptors(loop);
    this.#fail = fail;
    loop.calls.stopBlocking(descriptor);
    // What it accepts has that from it: a refusal is a close.
    resetOnClose(descriptor, true);
    if (loop.watch(descriptor, EPOLLIN | EPOLLEXCLUSIVE, this)) return;
    const { message } = new SystemCallError('epoll_ctl', loop.calls.errno());
    loop.timers.after(0, () => fail(message));
  }

  close(): void {
    this.#shared.loop.unwatch(this.#descriptor);
    this.#descriptor = -1;
    this.#reportEmpty();
  }

  finish(emptied: () => void): void {
    this.#emptied = emptied;
    this.#rest = backlog;
    this.happened();
  }

  aged(): void {}

  happened(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#shared.loop.acceptFrom(this);
  }

  accept(): void {
    this.#isDue = false;
    const { calls, memory } = this.#shared.loop;
    let most = 1;
    for (let count = 0; count < most && this.#descriptor >= 0; count++) {
      memory.expectName();
      const descriptor = calls.accept(this.#descriptor, memory.nameAt, memory.nameLengthAt, NONBLOCKING);
      if (descriptor < 0) {
        const errno = calls.errno();
        this.#refusals.close();
        this.#notAccepted(errno);
        this.#reportEmpty();
        return;
      }
      this.#shared.loop.entered(descriptor);
      this.#incoming.take(descriptor);
      if (count === 0) most += Math.min(waitingIn(this.#shared.loop, this.#descriptor), mostAtOnce - 1);
      this.#decide(descriptor);
    }
    this.#refusals.close();
    if (this.#emptied === null) return;
    this.#rest -= most;
    if (this.#rest > 0) this.happened();
    else this.#reportEmpty();
  }

  #reportEmpty(): void {
    const emptied = this.#emptied;
    this.#emptied = null;
    emptied?.();
  }

  #decide(descriptor: number): void {
    const { loop, spare } = this.#shared;
    if (spare.includes(descriptor)) {
      this.#handler.exhausted(1);
      loop.closeDescriptor(descriptor);
    } else if (this.#handler.decide(this.#incoming)) {
      const stream = new EpollStream(this.#shared, descriptor, false, RESETS_ON_CLOSE);
      stream.arrives(this.#incoming);
      this.#handler.accepted(stream);
      stream.arrives(null);
    } else {
      this.#refusals.add(descriptor);
    }
  }

  #notAccepted(errno: number): void {
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
}
