import {
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SO_OOBINLINE,
  SOL_SOCKET,
  setSocketOption,
  TCP_KEEPIDLE,
  TCP_NODELAY,
} from './system-calls.ts';

/** Seconds of silence before the first keepalive probe on any connection. */
export const keepaliveDelay = 60;

/** What every connection has; those that a listening socket accepts have it from that. Throws SystemCallError. */
export function setConnectionOptions(descriptor: number): void {
  setSocketOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  setSocketOption(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, keepaliveDelay);
  setSocketOption(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  setSocketOption(descriptor, SOL_SOCKET, SO_OOBINLINE, 1);
}
