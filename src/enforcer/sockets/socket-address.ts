import ipaddr from 'ipaddr.js';
import { AF_INET, AF_INET6 } from './system-calls.ts';

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The address family of an address. Throws Error when it is none. */
export function familyOf(address: string): number {
  return ipaddr.parse(address).kind() === 'ipv6' ? AF_INET6 : AF_INET;
}

/** A struct sockaddr_in or sockaddr_in6. Throws Error when the address is none. */
export function socketAddress(address: string, port: number): Uint8Array {
  const host = ipaddr.parse(address).toByteArray();
  const ipv6 = host.length === 16;
  const bytes = new Uint8Array(ipv6 ? 28 : 16);
  const view = new DataView(bytes.buffer);
  const family = ipv6 ? AF_INET6 : AF_INET;
  if (process.platform === 'darwin') {
    view.setUint8(0, bytes.length);
    view.setUint8(1, family);
  } else {
    view.setUint16(0, family, littleEndian);
  }
  view.setUint16(2, port);
  bytes.set(host, ipv6 ? 8 : 4);
  return bytes;
}
