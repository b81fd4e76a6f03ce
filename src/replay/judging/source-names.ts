import { formatAddress, isIPv4, MAPPED_BITS } from '../../net/address.ts';

/** How many bits of an address make a source. */
export type Prefixes = { readonly prefixV4: number; readonly prefixV6: number };

const WHOLE = 128;

/** Of a masked address: with its prefix length, which counts over 128 bits, where that is not the whole address. */
export function sourceName(masked: Uint32Array, prefix: number): string {
  const address = formatAddress(masked);
  if (prefix === WHOLE) return address;
  return `${address}/${isIPv4(masked) ? prefix - MAPPED_BITS : prefix}`;
}

export function sameSources(one: Prefixes, other: Prefixes): boolean {
  return one.prefixV4 === other.prefixV4 && one.prefixV6 === other.prefixV6;
}

/** The finer of two: whoever is one source under it is one under both. */
export function finer(one: Prefixes, other: Prefixes): Prefixes {
  return {
    prefixV4: Math.max(one.prefixV4, other.prefixV4),
    prefixV6: Math.max(one.prefixV6, other.prefixV6),
  };
}
