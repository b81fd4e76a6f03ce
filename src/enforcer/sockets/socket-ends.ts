import { isIPv4, MAPPED } from '../../net/address.ts';
import { AF_INET6, getSocketOption, peerNameOf, SystemCallError, socketNameOf } from './system-calls.ts';

/** Linux: <linux/netfilter_ipv4.h> and <linux/netfilter_ipv6/ip6_tables.h>. */
const SOL_IP = 0;
const SOL_IPV6 = 41;
const SO_ORIGINAL_DST = 80;

const bytes = new Uint8Array(28);
const view = new DataView(bytes.buffer);

/** Reads the struct sockaddr in `bytes`: its address into four words. Returns its port. */
function readEnd(into: Uint32Array): number {
  const family = process.platform === 'darwin' ? view.getUint8(1) : view.getUint16(0, true);
  if (family === AF_INET6) {
    for (let word = 0; word < 4; word++) into[word] = view.getUint32(8 + word * 4);
  } else {
    into[0] = 0;
    into[1] = 0;
    into[2] = MAPPED;
    into[3] = view.getUint32(4);
  }
  return view.getUint16(2);
}

/** Our end of a socket: its address into four words in network order. Returns its port; -1: there is none. */
export function ownEndOf(descriptor: number, into: Uint32Array): number {
  return socketNameOf(descriptor, bytes) ? readEnd(into) : -1;
}

/** The port of the peer's end; -1: there is no peer. */
export function peerPortOf(descriptor: number): number {
  return peerNameOf(descriptor, bytes) ? view.getUint16(2) : -1;
}

/**
 * Where an accepted connection was sent to, if the system has sent it elsewhere than there (NAT): the address into four
 * words. Returns the port; -1: it was not.
 */
export function originalTargetOf(descriptor: number, peer: Uint32Array, into: Uint32Array): number {
  if (process.platform !== 'linux') return -1;
  try {
    getSocketOption(descriptor, isIPv4(peer) ? SOL_IP : SOL_IPV6, SO_ORIGINAL_DST, bytes);
  } catch (error) {
    if (error instanceof SystemCallError) return -1;
    throw error;
  }
  return readEnd(into);
}
