import { addressOf, formatAddress } from '../net/address.ts';
import { addressBounds, isWithin } from '../net/address-bounds.ts';

/** Whether an address is in one of some prefixes, `192.0.2.0/24`, of its own family. */
export function isTrusted(prefixes: readonly string[], address: string): boolean {
  const words = addressOf(address);
  if (words === null) return false;
  // As text again: IPv4 that is written as IPv6 is IPv4.
  const one = addressBounds(formatAddress(words));
  return prefixes.some((prefix) => isWithin(one, addressBounds(prefix)));
}
