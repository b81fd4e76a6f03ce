import type { Socket } from 'node:net';
import { type CheckResult, failed } from './check-result.ts';

/**
 * Whether a socket is connected to itself: where nobody listens on a port of this machine, the system may choose that
 * very port to connect from.
 */
export function isItself({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}

export const metItself: CheckResult = failed('nobody listens: the connection came back to itself');
