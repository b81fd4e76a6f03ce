import { EVENT_DESCRIPTOR, EVENT_WORDS, epollWait, openEpoll, watch } from './system-calls.ts';

/** Called with the events of one descriptor. */
export type Handler = (events: number) => void;

const mostEvents = 512;
const NANOSECONDS = 1_000_000;

/** An event loop over epoll: a tenth of what a socket of Node costs, so that the load is not what is measured. */
export class EventLoop {
  readonly #epoll = openEpoll();
  readonly #handlers: (Handler | undefined)[] = [];
  readonly #events = new Int32Array(mostEvents * EVENT_WORDS);
  readonly #timeout = new BigInt64Array(2);

  add(descriptor: number, events: number, handler: Handler): void {
    this.handle(descriptor, handler);
    watch(this.#epoll, descriptor, events);
  }

  /** Handles what happens to a descriptor that was added before. */
  handle(descriptor: number, handler: Handler): void {
    this.#handlers[descriptor] = handler;
  }

  /** The descriptor is about to be closed, which takes it from epoll. */
  forget(descriptor: number): void {
    this.#handlers[descriptor] = undefined;
  }

  /** Handles what has happened, waiting for it at most `patience` milliseconds (under a second). */
  turn(patience: number): void {
    this.#timeout[1] = BigInt(Math.max(0, Math.floor(patience * NANOSECONDS)));
    const count: number = epollWait(this.#epoll, this.#events, mostEvents, this.#timeout, null);
    for (let index = 0; index < count; index++) {
      const at = index * EVENT_WORDS;
      const descriptor = this.#events[at + EVENT_DESCRIPTOR] ?? -1;
      this.#handlers[descriptor]?.(this.#events[at] ?? 0);
    }
  }
}
