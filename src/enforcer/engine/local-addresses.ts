import { networkInterfaces } from 'node:os';
import { withoutMappedPrefix } from '../../net/address.ts';

/** The addresses that interfaces of this machine have now, IPv4 and IPv6, without a zone. */
export function localAddresses(): ReadonlySet<string> {
  const interfaces = Object.values(networkInterfaces());
  return new Set(interfaces.flatMap((addresses) => addresses?.map(({ address }) => address) ?? []));
}

/** Asks the system once, for as many addresses as there are to ask about. */
export function localityNow(): (address: string) => boolean {
  let known: ReadonlySet<string> | null = null;
  return (address) => {
    known ??= localAddresses();
    return known.has(withoutMappedPrefix(address));
  };
}
