import { addressOf, isIPv4 } from '../net/address.ts';
import { addressBounds } from '../net/address-bounds.ts';

/** Whether an address is in one of some prefixes, `192.0.2.0/24`, of its own family. */
export function isTrusted(prefixes: readonly string[], address: string): boolean {
  const words = addressOf(address);
  return words !== null && prefixes.some((prefix) => isWithin(words, prefix));
}

function isWithin(words: Uint32Array, prefix: string): boolean {
  const bounds = addressBounds(prefix);
  if (bounds.isIPv4 !== isIPv4(words)) return false;
  return compare(words, bounds.first) >= 0 && compare(words, bounds.last) <= 0;
}

function compare(one: ArrayLike<number>, other: ArrayLike<number>): number {
  for (let at = 0; at < one.length; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
