import type { EchoBackend } from './echo-backend.ts';
import type { EventLoop } from './event-loop.ts';
import type { BulkOrder, Moved } from './orders.ts';
import {
  close,
  connectTo,
  EPOLLET,
  EPOLLIN,
  EPOLLOUT,
  loopback,
  MSG_NOSIGNAL,
  MSG_TRUNC,
  openNonBlockingSocket,
  receive,
  SHUT_WR,
  send,
  shutDown,
} from './system-calls.ts';

const chunk = new Uint8Array(262_144);
const readAtOnce = 1_048_576;

/** One end: sends so many bytes and then its end, and throws away what comes, up to the other's end. */
function transfer(
  loop: EventLoop,
  descriptor: number,
  bytes: number,
  over: (received: number) => void,
): void {
  let left = bytes;
  let received = 0;
  let hasSent = false;
  let hasHeard = false;
  const write = (): void => {
    while (left > 0) {
      const count: number = send(descriptor, chunk, Math.min(left, chunk.length), MSG_NOSIGNAL);
      if (count <= 0) return;
      left -= count;
    }
    hasSent = true;
    shutDown(descriptor, SHUT_WR);
  };
  const read = (): void => {
    for (;;) {
      const count: number = receive(descriptor, chunk, readAtOnce, MSG_TRUNC);
      if (count < 0) return;
      received += count;
      if (count > 0) continue;
      hasHeard = true;
      return;
    }
  };
  let isOver = false;
  loop.add(descriptor, EPOLLIN | EPOLLOUT | EPOLLET, (events) => {
    if ((events & EPOLLOUT) !== 0 && !hasSent) write();
    if ((events & EPOLLIN) !== 0 && !hasHeard) read();
    if (isOver || !hasSent || !hasHeard) return;
    isOver = true;
    loop.forget(descriptor);
    close(descriptor);
    over(received);
  });
}

/** Carries out an order; gives up after `patience` milliseconds. */
export function moveBulk(loop: EventLoop, backend: EchoBackend, order: BulkOrder, patience: number): Moved {
  const { port, connections, bytes, directions } = order;
  const address = loopback(port);
  let open = 0;
  let moved = 0;
  const over = (received: number): void => {
    open -= 1;
    moved += received;
  };
  const back = directions === 'both' ? bytes : 0;
  backend.instead = (descriptor) => {
    open += 1;
    transfer(loop, descriptor, back, over);
  };
  const began = performance.now();
  for (let count = 0; count < connections; count++) {
    const descriptor = openNonBlockingSocket();
    connectTo(descriptor, address, address.length);
    open += 1;
    transfer(loop, descriptor, bytes, over);
  }
  while (open > 0 && performance.now() < began + patience) loop.turn(5);
  backend.instead = null;
  return { seconds: (performance.now() - began) / 1000, bytes: moved };
}
