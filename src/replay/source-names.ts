import { formatAddress, isIPv4, maskAddress } from '../verdict/address.ts';

/** How many bits of an address make a source. */
export type Prefixes = { readonly prefixV4: number; readonly prefixV6: number };

const scratch = new Uint32Array(4);

/** What tells sources apart, cheaper than their names. */
export const sourceKey = (address: Uint32Array, { prefixV4, prefixV6 }: Prefixes): number | string => {
  maskAddress(address, prefixV4, prefixV6, scratch);
  const [first, second, third, fourth = 0] = scratch;
  return isIPv4(address) ? fourth : `${first} ${second} ${third} ${fourth}`;
};

/** The masked address, with its prefix length where that is not the whole address. */
export const sourceName = (address: Uint32Array, { prefixV4, prefixV6 }: Prefixes): string => {
  maskAddress(address, prefixV4, prefixV6, scratch);
  const [length, whole] = isIPv4(address) ? [prefixV4, 32] : [prefixV6, 128];
  return length === whole ? formatAddress(scratch) : `${formatAddress(scratch)}/${length}`;
};

/** The finer of two: whoever is one source under it is one under both. */
export const finer = (one: Prefixes, other: Prefixes): Prefixes => ({
  prefixV4: Math.max(one.prefixV4, other.prefixV4),
  prefixV6: Math.max(one.prefixV6, other.prefixV6),
});
