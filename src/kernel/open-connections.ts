import { formatAddress, mappedAddress } from '../net/address.ts';
import type { Endpoint } from '../net/endpoint.ts';

/** A connection as the kernel lists it. */
export type OpenConnection = { readonly client: Endpoint; readonly listener: Endpoint };

/** States of /proc/net/tcp in which there is a connection, from ESTABLISHED to CLOSING but for SYN_RECV and TIME_WAIT. */
const openStates: ReadonlySet<string> = new Set(['01', '02', '04', '05', '07', '08', '09', '0B']);

/** Reads /proc/net/tcp or /proc/net/tcp6: the connections that have come to one of these ports. */
export function openConnections(text: string, ports: ReadonlySet<number>): readonly OpenConnection[] {
  return text.split('\n').flatMap((line): OpenConnection[] => {
    const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/);
    if (!openStates.has(state)) return [];
    const listener = endpointOf(local);
    return ports.has(listener.port) ? [{ client: endpointOf(remote), listener }] : [];
  });
}

/** `0100007F:1F90`: words of an address as this machine has them in memory, and a port. */
function endpointOf(text: string): Endpoint {
  const [address = '', port = ''] = text.split(':');
  const words = address.match(/.{8}/g)?.map((word) => swapped(Number.parseInt(word, 16))) ?? [];
  const [first = 0] = words;
  return {
    address: formatAddress(words.length === 1 ? mappedAddress(first) : Uint32Array.from(words)),
    port: Number.parseInt(port, 16),
  };
}

function swapped(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
