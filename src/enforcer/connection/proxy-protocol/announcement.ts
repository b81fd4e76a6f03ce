import { addressOf } from '../../../net/address.ts';
import type { SocketAddresses } from '../../engine/stream.ts';
import type { Announced } from './header.ts';

/** What a PROXY header announces of a client that came without one; null when its addresses are unknown. */
export function announcementOf(ends: SocketAddresses): Announced | null {
  const source = addressOf(ends.remoteAddress);
  const destination = addressOf(ends.localAddress);
  if (source === null || destination === null) return null;
  return { source, sourcePort: ends.remotePort, destination, destinationPort: ends.localPort };
}
