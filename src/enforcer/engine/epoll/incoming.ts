import { formatAddress } from '../../../net/address.ts';
import { originalTargetOf } from '../../sockets/socket-ends.ts';
import type { Incoming } from '../listener.ts';
import { NOBODY, type OwnConnections } from '../own-connections.ts';
import { SocketEnd } from './ends.ts';
import type { Loop } from './loop.ts';

/** The connection that is being decided on: a listener reuses one object. */
export class EpollIncoming implements Incoming {
  readonly address = new Uint32Array(4);
  /** Our end of all that the listener accepts; null: each has its own. */
  readonly commonEnd: SocketEnd | null;
  readonly #loop: Loop;
  readonly #own: OwnConnections;
  readonly #target = new Uint32Array(4);
  #port = 0;
  #descriptor = -1;

  /** @param commonEnd as `commonEndOf` says of the listener */
  constructor(loop: Loop, own: OwnConnections, commonEnd: SocketEnd | null) {
    this.commonEnd = commonEnd;
    this.#loop = loop;
    this.#own = own;
  }

  /** accept4(2) has just left the name of the peer in memory. */
  take(descriptor: number): void {
    this.#descriptor = descriptor;
    this.#port = this.#loop.memory.readName(this.address);
  }

  addressText(): string {
    return formatAddress(this.address);
  }

  port(): number {
    return this.#port;
  }

  localAddressText(): string {
    return this.#findTarget() < 0 ? '' : formatAddress(this.#target);
  }

  localPort(): number {
    return Math.max(0, this.#findTarget());
  }

  label(): number {
    if (!this.#own.hasEnd(this.address, this.#port)) return NOBODY;
    const label = this.#labelTowards(this.#findTarget());
    if (label !== NOBODY) return label;
    return this.#labelTowards(originalTargetOf(this.#descriptor, this.address, this.#target));
  }

  remoteEnd(): SocketEnd {
    return new SocketEnd(this.address, this.#port);
  }

  socket(): number {
    return this.#descriptor;
  }

  #labelTowards(targetPort: number): number {
    return targetPort < 0 ? NOBODY : this.#own.labelOf(this.address, this.#port, this.#target, targetPort);
  }

  /** Where it came in: the address into `target`. Returns the port; -1: it is gone. */
  #findTarget(): number {
    const { calls, memory } = this.#loop;
    memory.expectName();
    return calls.nameOf(this.#descriptor, memory.nameAt, memory.nameLengthAt) === 0
      ? memory.readName(this.#target)
      : -1;
  }
}
