import { ADDRESS_WORDS, parseAddress } from '../../verdict/address.ts';
import type { SocketAddresses } from '../engine.ts';
import type { Announced } from './header.ts';

/** What there is to announce of a client that nobody has announced; null when its socket does not tell. */
export const endsOf = (ends: SocketAddresses): Announced | null => {
  const source = new Uint32Array(ADDRESS_WORDS);
  const destination = new Uint32Array(ADDRESS_WORDS);
  if (!parseAddress(ends.remoteAddress, source) || !parseAddress(ends.localAddress, destination)) return null;
  return { source, sourcePort: ends.remotePort, destination, destinationPort: ends.localPort };
};
