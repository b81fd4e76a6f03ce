import { fstatSync } from 'node:fs';
import type { GivenSocket, ListenerShare, ListeningSocket } from '../engine/listener.ts';
import { setConnectionOptions } from './connection-options.ts';
import { admit, refuse } from './refusal.ts';
import { familyOf, socketAddress } from './socket-address.ts';
import {
  AF_INET6,
  bindSocket,
  closeDescriptor,
  duplicate,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  listenOn,
  openSocket,
  resetOnClose,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOL_SOCKET,
  setSocketOption,
} from './system-calls.ts';

/** Connections that may wait in the kernel; it lowers this to net.core.somaxconn. */
export const backlog = 4096;

/**
 * A listening socket whose shares are duplicates of one descriptor: nothing of ours uses SO_REUSEPORT, which would let
 * a stranger share the port.
 */
export class DuplicatedSocket implements ListeningSocket {
  readonly #descriptor: number;
  readonly #isLent: boolean;

  private constructor(descriptor: number, isLent: boolean) {
    this.#descriptor = descriptor;
    this.#isLent = isLent;
  }

  /** Throws SystemCallError. */
  static open(address: string, port: number): DuplicatedSocket {
    return new DuplicatedSocket(openListeningSocket(address, port), false);
  }

  /** Throws SystemCallError, or Error where it has several queues: workers would have one of them. */
  static adopt({ descriptors, guard, isLent }: GivenSocket): DuplicatedSocket {
    const [descriptor, ...others] = descriptors;
    if (descriptor === undefined || others.length > 0 || guard !== null)
      throw new Error('the socket that it was given has several queues, which engine node does not have');
    admit(descriptor);
    prepareListening(descriptor);
    return new DuplicatedSocket(descriptor, isLent);
  }

  share(): ListenerShare {
    return { descriptors: [duplicate(this.#descriptor)] };
  }

  reclaim({ descriptors: [descriptor = -1] }: ListenerShare, others: readonly ListenerShare[]): void {
    if (descriptor === this.#descriptor) return;
    if (others.some(({ descriptors }) => descriptors.includes(descriptor))) return;
    if (isSameSocket(descriptor, this.#descriptor)) closeDescriptor(descriptor);
  }

  descriptorsFor(workers: number): number {
    return 1 + workers;
  }

  close(): void {
    if (this.#isLent) refuse(this.#descriptor);
    else this.leave();
  }

  leave(): void {
    closeDescriptor(this.#descriptor);
  }

  toGive(): GivenSocket {
    return { descriptors: [this.#descriptor], guard: null, isLent: this.#isLent };
  }
}

/**
 * A bound, listening socket, as a descriptor. IPv6 sockets are IPv6-only. Accepted connections inherit keepalive and
 * no-delay, and that closing resets them: libuv closes what it accepts while descriptors are short before anybody is
 * asked, and that must not look like an orderly end. `sharesPort`: with others that say so, too. Throws SystemCallError.
 */
export function openListeningSocket(address: string, port: number, { sharesPort = false } = {}): number {
  const descriptor = openBoundSocket(address, port, { sharesPort });
  try {
    prepareListening(descriptor);
  } catch (error) {
    closeDescriptor(descriptor);
    throw error;
  }
  return descriptor;
}

/** What every listening socket has; one that listens already goes on. Throws SystemCallError. */
export function prepareListening(descriptor: number): void {
  setConnectionOptions(descriptor);
  resetOnClose(descriptor, true);
  listenOn(descriptor, backlog);
}

/** A socket that is bound, and does not listen yet. Throws SystemCallError. */
export function openBoundSocket(address: string, port: number, { sharesPort = false } = {}): number {
  const family = familyOf(address);
  const descriptor = openSocket(family);
  try {
    setSocketOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (sharesPort) setSocketOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    if (family === AF_INET6) setSocketOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    bindSocket(descriptor, socketAddress(address, port));
  } catch (error) {
    closeDescriptor(descriptor);
    throw error;
  }
  return descriptor;
}

/** Whether two descriptors are of one socket. One that is closed is of none. */
function isSameSocket(descriptor: number, other: number): boolean {
  const inode = inodeOf(descriptor);
  return inode !== null && inode === inodeOf(other);
}

function inodeOf(descriptor: number): bigint | null {
  try {
    return fstatSync(descriptor, { bigint: true }).ino;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBADF') return null;
    throw error;
  }
}
