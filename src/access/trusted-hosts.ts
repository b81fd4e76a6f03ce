import { addressOf, formatAddress } from '../net/address.ts';
import { addressBounds, isWithin } from '../net/address-bounds.ts';

/** Fields with prefixes of those who may come: of IPv4, and of IPv6. Where one is not set, anybody may. */
const fieldsOfHosts = [
  ['trusthostv4', '0.0.0.0/0'],
  ['trusthostv6', '::/0'],
] as const;

/** From where somebody may come, by what is set in the row of an account or of a door. */
export function trustedHostsIn(fields: ReadonlyMap<string, unknown>): readonly string[] {
  return fieldsOfHosts.flatMap(([field, anybody]) => {
    const prefixes = fields.get(field);
    return Array.isArray(prefixes) ? prefixes.map(String) : [anybody];
  });
}

/** Whether an address is in one of some prefixes, `192.0.2.0/24`, of its own family. */
export function isTrusted(prefixes: readonly string[], address: string): boolean {
  const words = addressOf(address);
  if (words === null) return false;
  // As text again: IPv4 that is written as IPv6 is IPv4.
  const one = addressBounds(formatAddress(words));
  return prefixes.some((prefix) => isWithin(one, addressBounds(prefix)));
}

/** Whether somebody may come from an address, by what is set in such a row. */
export function trustIn(fields: ReadonlyMap<string, unknown>): (address: string) => boolean {
  const prefixes = trustedHostsIn(fields);
  return (address) => isTrusted(prefixes, address);
}
