import type { Socket } from 'node:net';
import { parseAddress } from '../../../net/address.ts';
import type { Incoming } from '../listener.ts';

/** The peer of the connection that is being decided. One for each listener, reused: a refusal builds nothing. */
export class NodeIncoming implements Incoming {
  readonly address = new Uint32Array(4);
  #socket: Socket | null = null;

  /** False when the connection is already gone, so that there is nothing to decide. */
  take(socket: Socket): boolean {
    this.#socket = socket;
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
}
