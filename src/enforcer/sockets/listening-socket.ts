import { fstatSync } from 'node:fs';
import { codeOf } from '../../text/reason.ts';
import { backlog } from '../engine/node/node-engine.ts';
import { setConnectionOptions } from './connection-options.ts';
import { familyOf, socketAddress } from './socket-address.ts';
import {
  AF_INET6,
  bindSocket,
  closeDescriptor,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  listenOn,
  openSocket,
  resetOnClose,
  SO_REUSEADDR,
  SOL_SOCKET,
  setSocketOption,
} from './system-calls.ts';

/**
 * A bound, listening socket, as a descriptor. Every worker accepts from a duplicate of it, so there is no
 * SO_REUSEPORT that would let a stranger share the port. IPv6 listeners are IPv6-only. Accepted connections inherit
 * keepalive and no-delay, and that closing resets them: libuv closes what it accepts while descriptors are short
 * before anybody is asked, and that must not look like an orderly end. Throws SystemCallError.
 */
export function openListeningSocket(address: string, port: number): number {
  const family = familyOf(address);
  const descriptor = openSocket(family);
  try {
    setSocketOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (family === AF_INET6) setSocketOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    setConnectionOptions(descriptor);
    resetOnClose(descriptor, true);
    bindSocket(descriptor, socketAddress(address, port));
    listenOn(descriptor, backlog);
  } catch (error) {
    closeDescriptor(descriptor);
    throw error;
  }
  return descriptor;
}

/** Whether two descriptors are of one socket. One that is closed is of none. */
export function isSameSocket(descriptor: number, other: number): boolean {
  const inode = inodeOf(descriptor);
  return inode !== null && inode === inodeOf(other);
}

function inodeOf(descriptor: number): bigint | null {
  try {
    return fstatSync(descriptor, { bigint: true }).ino;
  } catch (error) {
    if (codeOf(error) === 'EBADF') return null;
    throw error;
  }
}
