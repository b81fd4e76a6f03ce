import { addressOf, formatAddress, isIPv4 } from '../../net/address.ts';
import { type Endpoint, endpointText } from '../../net/endpoint.ts';
import type { GivenSocket } from '../engine/listener.ts';
import { refuse } from './refusal.ts';
import { ownEndOf } from './socket-ends.ts';
import {
  closeDescriptor,
  getSocketOption,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  isListening,
  makeOwn,
} from './system-calls.ts';

/** Listening sockets that this process was given: it opens none in their places. */
export class GivenSockets {
  /** By address and port, however a configuration writes them. */
  readonly #sockets = new Map<string, GivenSocket>();
  /** Those that somebody listens on. */
  readonly #taken = new Set<string>();

  /** The one on this address and port; null: there is none. One that is lent can be had again. */
  take({ address, port }: Endpoint): GivenSocket | null {
    const key = keyOf(addressOf(address), port);
    const socket = this.#sockets.get(key) ?? null;
    if (socket?.isLent === true) this.#taken.add(key);
    else this.#sockets.delete(key);
    return socket;
  }

  has({ address, port }: Endpoint): boolean {
    return this.#sockets.has(keyOf(addressOf(address), port));
  }

  /** Somebody no longer listens on the lent one of this address and port. */
  giveBack({ address, port }: Endpoint): void {
    this.#taken.delete(keyOf(addressOf(address), port));
  }

  add(address: Uint32Array, port: number, socket: GivenSocket): void {
    this.#sockets.set(keyOf(address, port), socket);
  }

  /** Those that nobody has taken. */
  get rest(): readonly string[] {
    return [...this.#sockets.keys()].filter((key) => !this.#taken.has(key));
  }

  /** Nobody is let in on those that nobody has taken, and would wait there in vain. Throws SystemCallError. */
  refuseRest(): void {
    for (const key of this.rest) {
      const socket = this.#sockets.get(key);
      for (const descriptor of socket?.descriptors ?? []) {
        if (socket?.isLent === true) refuse(descriptor);
        else closeDescriptor(descriptor);
      }
      if (socket?.isLent !== true) this.#sockets.delete(key);
    }
  }
}

/**
 * Those that a service manager has opened, by their descriptors; several of one address and port are its queues.
 * `report` takes a line for each that is of no use.
 */
export function lentSockets(descriptors: readonly number[], report: (line: string) => void): GivenSockets {
  const given = new GivenSockets();
  const known = new Map<string, { address: Uint32Array; port: number; descriptors: number[] }>();
  for (const descriptor of descriptors) {
    const address = new Uint32Array(4);
    const port = isListening(descriptor) ? ownEndOf(descriptor, address) : -1;
    if (port < 0) {
      report(`descriptor ${descriptor} of the service manager is no listening socket of TCP`);
      continue;
    }
    const key = keyOf(address, port);
    if (!isIPv4(address) && !isOfOneFamily(descriptor)) {
      report(
        `${key} of the service manager takes IPv4 too: "BindIPv6Only=ipv6-only" in its socket unit is wanted`,
      );
      continue;
    }
    makeOwn(descriptor);
    const socket = known.get(key) ?? { address, port, descriptors: [] };
    known.set(key, socket);
    socket.descriptors.push(descriptor);
  }
  for (const { address, port, descriptors } of known.values())
    given.add(address, port, { descriptors, guard: null, isLent: true });
  return given;
}

function isOfOneFamily(descriptor: number): boolean {
  const value = new Uint8Array(4);
  getSocketOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, value);
  return value[0] === 1;
}

function keyOf(address: Uint32Array | null, port: number): string {
  return endpointText({ address: address === null ? '' : formatAddress(address), port });
}
