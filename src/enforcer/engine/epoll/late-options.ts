import { keepaliveDelay } from '../../sockets/connection-options.ts';
import {
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SO_OOBINLINE,
  SOL_SOCKET,
  TCP_KEEPIDLE,
  TCP_NODELAY,
} from '../../sockets/system-calls.ts';
import { SO_LINGER } from './calls.ts';
import type { Loop } from './loop.ts';

// Most connections are over before an option of theirs matters: what can be set later, is, and costs them no call.

/** It is not kept alive yet: that matters after a minute of silence. */
export const NOT_KEPT_ALIVE = 1;
/** Small writes may wait for what is on its way: the first one does not. */
export const MAY_DELAY = 2;
/** To close it is to reset it, as it has it from its listener. */
export const RESETS_ON_CLOSE = 4;

/** Bytes that go out at once as the first write, however small a segment may be (RFC 9293, 3.7.1). */
export const mostAtOnce = 536;

function set(loop: Loop, descriptor: number, level: number, name: number, value: number): void {
  const { calls, memory } = loop;
  memory.setValue(value);
  calls.setOption(descriptor, level, name, memory.valueAt, 4);
}

/** An urgent byte may come with the first ones, and the system looks at this when it does. */
export function keepUrgentInline(loop: Loop, descriptor: number): void {
  set(loop, descriptor, SOL_SOCKET, SO_OOBINLINE, 1);
}

/** In this order, the silence up to now counts. */
export function keepAlive(loop: Loop, descriptor: number): void {
  set(loop, descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(loop, descriptor, IPPROTO_TCP, TCP_KEEPIDLE, keepaliveDelay);
}

export function sendAtOnce(loop: Loop, descriptor: number): void {
  set(loop, descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
}

export function resetOnClose(loop: Loop, descriptor: number, resets: boolean): void {
  const { calls, memory } = loop;
  memory.setValue(resets ? 1 : 0, 0);
  calls.setOption(descriptor, SOL_SOCKET, SO_LINGER, memory.valueAt, 8);
}
