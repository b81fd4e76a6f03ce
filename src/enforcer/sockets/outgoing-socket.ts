import type { OutgoingSocket, SourceAddress } from '../engine/outgoing-socket.ts';
import type { SocketOption } from '../engine/socket-option.ts';
import type { Stream, StreamHandler } from '../engine/stream.ts';
import { setConnectionOptions } from './connection-options.ts';
import { familyOf, socketAddress } from './socket-address.ts';
import { readOption, writeOption } from './socket-options.ts';
import {
  AF_INET6,
  bindSocket,
  closeDescriptor,
  IPPROTO_IPV6,
  isOfDescriptors,
  openSocket,
  SO_REUSEADDR,
  SOL_SOCKET,
  SystemCallError,
  setSocketOption,
} from './system-calls.ts';

/** Linux only: <linux/in.h>, <linux/in6.h>. */
const IPPROTO_IP = 0;
const IP_TRANSPARENT = 19;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IPV6_TRANSPARENT = 75;

/** How an engine goes on from an outgoing socket. */
export interface Connector {
  /** A socket is open, or is about to be closed: between the two nobody else may know of it. */
  opened(descriptor: number): void;
  closing(descriptor: number): void;
  /** `descriptor`: of a socket to connect with, the stream's from now on; null: nobody needed one yet. */
  connect(descriptor: number | null, handler: StreamHandler): Stream;
  /** A stream that could not begin to connect: `closed` follows, never from within this call. */
  fail(cause: 'failed' | 'exhausted', handler: StreamHandler): Stream;
}

/** An outgoing socket as a descriptor, until its engine makes a stream of it. */
export class DescriptorSocket implements OutgoingSocket {
  readonly #towards: string;
  readonly #connector: Connector;
  /** -1: none is open. */
  #descriptor = -1;

  constructor(towards: string, connector: Connector) {
    this.#towards = towards;
    this.#connector = connector;
  }

  getOption(option: SocketOption): number | null {
    return readOption(this.#openedOrNone(), option, true);
  }

  setOption(option: SocketOption, value: number): string | null {
    return writeOption(this.#openedOrNone(), option, true, value);
  }

  connect(source: SourceAddress | null, handler: StreamHandler): Stream {
    try {
      if (source !== null) bindSource(this.#opened(), source);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.close();
      return this.#connector.fail(isOfDescriptors(error.code) ? 'exhausted' : 'failed', handler);
    }
    const descriptor = this.#descriptor < 0 ? null : this.#descriptor;
    this.#descriptor = -1;
    return this.#connector.connect(descriptor, handler);
  }

  close(): void {
    if (this.#descriptor < 0) return;
    this.#connector.closing(this.#descriptor);
    closeDescriptor(this.#descriptor);
    this.#descriptor = -1;
  }

  /** With the options that all ours have. Throws SystemCallError. */
  #opened(): number {
    if (this.#descriptor >= 0) return this.#descriptor;
    this.#descriptor = openSocket(familyOf(this.#towards));
    this.#connector.opened(this.#descriptor);
    setConnectionOptions(this.#descriptor);
    return this.#descriptor;
  }

  /** -1: there is none to be had. */
  #openedOrNone(): number {
    try {
      return this.#opened();
    } catch (error) {
      if (error instanceof SystemCallError) return -1;
      throw error;
    }
  }
}

/**
 * Binds a socket that will connect. One port may serve connections to several members; an address that is not local
 * takes IP_TRANSPARENT, and with it CAP_NET_ADMIN or CAP_NET_RAW. Throws SystemCallError.
 */
function bindSource(descriptor: number, { address, port }: SourceAddress): void {
  const bytes = socketAddress(address, port);
  if (port !== 0) setSocketOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  else if (process.platform === 'linux') setSocketOption(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  try {
    bindSocket(descriptor, bytes);
  } catch (error) {
    const isForeign = error instanceof SystemCallError && error.code === 'EADDRNOTAVAIL';
    if (!isForeign || process.platform !== 'linux') throw error;
    if (familyOf(address) === AF_INET6) setSocketOption(descriptor, IPPROTO_IPV6, IPV6_TRANSPARENT, 1);
    else setSocketOption(descriptor, IPPROTO_IP, IP_TRANSPARENT, 1);
    bindSocket(descriptor, bytes);
  }
}

/** Whether a connection could come from there now. */
export function canBind(source: SourceAddress): boolean {
  let descriptor = -1;
  try {
    descriptor = openSocket(familyOf(source.address));
    bindSource(descriptor, source);
    return true;
  } catch (error) {
    if (error instanceof SystemCallError) return false;
    throw error;
  } finally {
    if (descriptor >= 0) closeDescriptor(descriptor);
  }
}
