import { setConnectionOptions } from './connection-options.ts';
import { familyOf, socketAddress } from './socket-address.ts';
import {
  AF_INET6,
  bindSocket,
  closeDescriptor,
  IPPROTO_IPV6,
  openSocket,
  SO_REUSEADDR,
  SOL_SOCKET,
  SystemCallError,
  setSocketOption,
} from './system-calls.ts';

/** Where to connect from; port 0 leaves it to the system. */
export type SourceAddress = { readonly address: string; readonly port: number };

/** Linux only: <linux/in.h>, <linux/in6.h>. */
const IPPROTO_IP = 0;
const IP_TRANSPARENT = 19;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IPV6_TRANSPARENT = 75;

/** A socket that can connect to an address, with the options that all ours have. Throws SystemCallError. */
export function openOutgoingSocket(towards: string): number {
  const descriptor = openSocket(familyOf(towards));
  setConnectionOptions(descriptor);
  return descriptor;
}

/**
 * Binds a socket that will connect. One port may serve connections to several places; an address that is not local
 * takes IP_TRANSPARENT, and with it CAP_NET_ADMIN or CAP_NET_RAW. Throws SystemCallError.
 */
export function bindSource(descriptor: number, { address, port }: SourceAddress): void {
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
