import type { Socket } from 'node:net';
import { parseAddress } from '../../../net/address.ts';
import { originalTargetOf, ownEndOf } from '../../sockets/socket-ends.ts';
import { socketKey } from '../../sockets/socket-key.ts';
import type { Incoming } from '../listener.ts';
import { NOBODY, type OwnConnections } from '../own-connections.ts';
import { descriptorOf } from './handle.ts';

/** The connection that is being decided on. A listener reuses one object: a refusal builds none. */
export class NodeIncoming implements Incoming {
  readonly address = new Uint32Array(4);
  readonly #own: OwnConnections;
  readonly #target = new Uint32Array(4);
  #socket: Socket | null = null;
  #descriptor = -1;

  constructor(own: OwnConnections) {
    this.#own = own;
  }

  /** False: the connection is gone already, and there is nothing to decide. */
  take(socket: Socket): boolean {
    this.#socket = socket;
    this.#descriptor = descriptorOf(socket);
    const text = socket.remoteAddress;
    return text !== undefined && parseAddress(text, this.address);
  }

  addressText(): string {
    return this.#socket?.remoteAddress ?? '';
  }

  port(): number {
    return this.#socket?.remotePort ?? 0;
  }

  localAddressText(): string {
    return this.#socket?.localAddress ?? '';
  }

  localPort(): number {
    return this.#socket?.localPort ?? 0;
  }

  label(): number {
    const port = this.port();
    if (!this.#own.hasEnd(this.address, port)) return NOBODY;
    const label = this.#labelTowards(ownEndOf(this.#descriptor, this.#target));
    if (label !== NOBODY) return label;
    return this.#labelTowards(originalTargetOf(this.#descriptor, this.address, this.#target));
  }

  #labelTowards(targetPort: number): number {
    return targetPort < 0 ? NOBODY : this.#own.labelOf(this.address, this.port(), this.#target, targetPort);
  }

  descriptor(): number {
    return this.#descriptor;
  }

  socket(): number {
    return socketKey(this.#descriptor, this.port());
  }
}
