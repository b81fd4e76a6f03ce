import { randomInt } from 'node:crypto';
import type { GivenSocket, ListenerShare, ListeningSocket } from '../engine/listener.ts';
import { openBoundSocket, openListeningSocket, prepareListening } from './listening-socket.ts';
import { admit, refuse } from './refusal.ts';
import { familyOf } from './socket-address.ts';
import { ownEndOf } from './socket-ends.ts';
import { steeringProgram } from './steering-program.ts';
import {
  AF_INET6,
  attachSteering,
  closeDescriptor,
  SO_REUSEADDR,
  SOL_SOCKET,
  SystemCallError,
  setSocketOption,
} from './system-calls.ts';

/** Queues of a listening socket that has several: as many as the program tells apart. */
export const queuesEach = 16;

/** `guard`: of a socket that keeps strangers from the port; null where there is one queue. */
type Queues = { readonly descriptors: readonly number[]; readonly guard: number | null };

/**
 * A listening socket of one queue or several, each a socket on the same address and port (SO_REUSEPORT). The system puts a
 * connection into one by its source, so that a flood waits behind itself. Workers take part in all of them by the same
 * descriptors: none is closed before the listener is, which would lose what waits in it and give others its place.
 */
export class QueuedSocket implements ListeningSocket {
  readonly #queues: GivenSocket;

  private constructor(queues: GivenSocket) {
    this.#queues = queues;
  }

  /** Where the system does not let it have several queues, it has one. Throws SystemCallError. */
  static open(address: string, port: number, isQueued: boolean): QueuedSocket {
    const queues = (isQueued ? openQueues(address, port) : null) ?? openOne(address, port);
    return new QueuedSocket({ ...queues, isLent: false });
  }

  /** It has the queues that were given, and connections spread over them as before. Throws SystemCallError. */
  static adopt(given: GivenSocket): QueuedSocket {
    for (const descriptor of given.descriptors) {
      admit(descriptor);
      prepareListening(descriptor);
    }
    return new QueuedSocket(given);
  }

  share(): ListenerShare {
    return { descriptors: this.#queues.descriptors };
  }

  /** A worker has closed nothing, and leaves nothing. */
  reclaim(): void {}

  close(): void {
    if (this.#queues.isLent) for (const descriptor of this.#queues.descriptors) refuse(descriptor);
    else this.leave();
  }

  toGive(): GivenSocket {
    return this.#queues;
  }

  leave(): void {
    const { descriptors, guard } = this.#queues;
    for (const descriptor of descriptors) closeDescriptor(descriptor);
    if (guard !== null) closeDescriptor(guard);
  }

  descriptorsFor(): number {
    const { descriptors, guard } = this.#queues;
    return descriptors.length + (guard === null ? 0 : 1);
  }
}

function openOne(address: string, port: number): Queues {
  return { descriptors: [openListeningSocket(address, port)], guard: null };
}

/**
 * The guard is bound first, without SO_REUSEPORT: where somebody has the port already, that fails. Null: the system does
 * not let one have several queues, or not without strangers. Throws SystemCallError where not even one can be had.
 */
function openQueues(address: string, wanted: number): Queues | null {
  const guard = openBoundSocket(address, wanted);
  const port = ownEndOf(guard, new Uint32Array(4));
  const descriptors: number[] = [];
  try {
    for (let queue = 0; queue < queuesEach; queue++)
      descriptors.push(openListeningSocket(address, port, { sharesPort: true }));
    attachSteering(descriptors[0] ?? -1, steeringProgram(familyOf(address) === AF_INET6, randomInt));
    closeToStrangers(guard, address, port);
    return { descriptors, guard };
  } catch (error) {
    for (const descriptor of [...descriptors, guard]) closeDescriptor(descriptor);
    if (error instanceof SystemCallError) return null;
    throw error;
  }
}

/**
 * From now on the guard shares its port with nobody. Linux would not look at it as long as it takes the port for one that
 * all who have it share: a socket bound to the same port elsewhere, without SO_REUSEPORT, puts an end to that, though it is
 * closed at once (inet_csk_update_fastreuse). Throws SystemCallError.
 */
function closeToStrangers(guard: number, address: string, port: number): void {
  setSocketOption(guard, SOL_SOCKET, SO_REUSEADDR, 0);
  const loopback = `127.${randomInt(1, 256)}.${randomInt(256)}.9`;
  const isIPv6 = familyOf(address) === AF_INET6;
  closeDescriptor(isIPv6 ? openBoundSocket(loopback, port) : openBoundElsewhere(loopback, port));
}

/** Beside a socket of IPv4: in IPv6 where there is such a thing and nobody listens there, else on another address. */
function openBoundElsewhere(loopback: string, port: number): number {
  try {
    return openBoundSocket('::1', port);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return openBoundSocket(loopback, port);
  }
}
