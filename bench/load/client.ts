import { resetOnClose } from '../../src/enforcer/sockets/system-calls.ts';
import type { EventLoop } from './event-loop.ts';
import {
  close,
  connectFrom,
  connectTo,
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  errno,
  MSG_NOSIGNAL,
  openNonBlockingSocket,
  receive,
  send,
} from './system-calls.ts';

/** How a connection went. `refused`: nobody listens. `reset`: a RST. `ended`: a FIN before the byte was back. */
export type Ending = 'echoed' | 'refused' | 'reset' | 'ended';

const EAGAIN = 11;
const EINPROGRESS = 115;
const ECONNREFUSED = 111;

/** What a connection is to do: a byte there and back, that and then stay or send a RST, or wait for its refusal. */
export type Purpose = 'exchange' | 'hold' | 'reset' | 'be-refused';

const byte = Uint8Array.of(0x2e);
const answer = new Uint8Array(1);

/**
 * Opens one connection, `from` somewhere if that is said. `over` is called once, maybe before this returns; the descriptor is closed then, unless `hold`
 * had its byte back. Returns how to give it up: `over` is not called any more.
 */
export function openConnection(
  loop: EventLoop,
  address: Uint8Array,
  purpose: Purpose,
  over: (ending: Ending, descriptor: number) => void,
  from: Uint8Array | null = null,
): () => void {
  const descriptor = openNonBlockingSocket();
  if (from !== null) connectFrom(descriptor, from);
  let isSent = purpose === 'be-refused';
  let isOver = false;
  const finish = (ending: Ending): void => {
    if (isOver) return;
    isOver = true;
    const stays = purpose === 'hold' && ending === 'echoed';
    loop.forget(descriptor);
    if (purpose === 'reset') resetOnClose(descriptor, true);
    if (!stays) close(descriptor);
    over(ending, descriptor);
  };
  const failed = (): void => finish(errno() === ECONNREFUSED ? 'refused' : 'reset');
  const giveUp = (): void => {
    if (isOver) return;
    isOver = true;
    loop.forget(descriptor);
    close(descriptor);
  };

  const connected: number = connectTo(descriptor, address, address.length);
  if (connected < 0 && errno() !== EINPROGRESS) {
    failed();
    return giveUp;
  }
  // On loopback the handshake is mostly over by now, which saves waiting for it.
  if (!isSent) isSent = send(descriptor, byte, 1, MSG_NOSIGNAL) === 1;
  loop.add(descriptor, isSent ? EPOLLIN : EPOLLIN | EPOLLOUT | EPOLLET, (events) => {
    if (!isSent && (events & EPOLLOUT) !== 0 && (events & (EPOLLERR | EPOLLHUP)) === 0) {
      isSent = true;
      send(descriptor, byte, 1, MSG_NOSIGNAL);
    }
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) === 0) return;
    const length: number = receive(descriptor, answer, 1, 0);
    if (length > 0) finish('echoed');
    else if (length === 0) finish('ended');
    else if (errno() !== EAGAIN) failed();
  });
  return giveUp;
}
