import { IPPROTO_TCP } from '../../sockets/system-calls.ts';
import { TCP_INFO } from './calls.ts';
import type { Loop } from './loop.ts';

/**
 * Connections that wait to be accepted from a listening socket; infinite where the system does not say. To accept where
 * none waits costs six times what this does: the system prepares a file for the connection before it looks for one.
 */
export function waitingIn({ calls, memory }: Pick<Loop, 'calls' | 'memory'>, listener: number): number {
  memory.expectInfo();
  const isKnown = calls.getOption(listener, IPPROTO_TCP, TCP_INFO, memory.infoAt, memory.infoLengthAt) === 0;
  return isKnown ? memory.waitingConnections : Number.POSITIVE_INFINITY;
}
