import type { Socket } from 'node:net';
import { parseAddress } from '../../../net/address.ts';
import type { Incoming } from '../listener.ts';
import { descriptorOf } from './handle.ts';

/** The connection that is being decided on. A listener reuses one object: a refusal builds none. */
export class NodeIncoming implements Incoming {
  readonly address = new Uint32Array(4);
  #socket: Socket | null = null;
  #descriptor = -1;

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

  socket(): number {
    return this.#descriptor;
  }
}
