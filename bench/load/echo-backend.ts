import { openListeningSocket } from '../../src/enforcer/sockets/listening-socket.ts';
import { resetOnClose } from '../../src/enforcer/sockets/system-calls.ts';
import type { EventLoop } from './event-loop.ts';
import {
  acceptFrom,
  close,
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  errno,
  MSG_NOSIGNAL,
  NONBLOCKING,
  receive,
  send,
} from './system-calls.ts';

const EAGAIN = 11;

/** Gives back each byte, or has somebody else take care of what it accepts. It lives on a loop that others turn. */
export class EchoBackend {
  /** Connections that it has now. */
  open = 0;
  /** Whether it ends a connection after the first echo: then TIME_WAIT is never at the side that connects. */
  closesFirst = true;
  /** Takes over what is accepted, where there is somebody. */
  instead: ((descriptor: number) => void) | null = null;
  readonly #loop: EventLoop;
  readonly #byte = new Uint8Array(1);

  constructor(loop: EventLoop, port: number) {
    this.#loop = loop;
    const listener = openListeningSocket('127.0.0.1', port);
    // What it accepts has that from it: ends are FINs, where nobody asks for a RST.
    resetOnClose(listener, false);
    loop.add(listener, EPOLLIN, () => this.#accept(listener));
  }

  #accept(listener: number): void {
    const descriptor: number = acceptFrom(listener, null, null, NONBLOCKING);
    if (descriptor < 0) return;
    if (this.instead !== null) {
      this.instead(descriptor);
      return;
    }
    this.open += 1;
    this.#loop.add(descriptor, EPOLLIN, (events) => this.#echo(descriptor, events));
  }

  #echo(descriptor: number, events: number): void {
    const length: number = receive(descriptor, this.#byte, 1, 0);
    if (length < 0 && errno() === EAGAIN && (events & (EPOLLERR | EPOLLHUP)) === 0) return;
    if (length > 0) send(descriptor, this.#byte, 1, MSG_NOSIGNAL);
    if (length > 0 && !this.closesFirst) return;
    this.#loop.forget(descriptor);
    close(descriptor);
    this.open -= 1;
  }
}
