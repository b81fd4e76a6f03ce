import { type AddressBounds, type AddressWords, addressBounds } from './address-bounds.ts';
import { AddressTrie } from './address-trie.ts';

export { lookUp } from './address-trie.ts';

export type MarkedAddresses = {
  /** An address, a prefix (`192.0.2.0/24`) or a range (`a-b`), as schemas/kinds/address-range.ts gives it. */
  readonly text: string;
  /** A set of bits, not empty. */
  readonly marks: number;
};

// ::ffff:0:0/96, which is IPv4, and its neighbours.
const FIRST_MAPPED: AddressWords = [0, 0, 0xffff, 0];
const LAST_MAPPED: AddressWords = [0, 0, 0xffff, 0xffff_ffff];
const BEFORE_MAPPED: AddressWords = [0, 0, 0xfffe, 0xffff_ffff];
const AFTER_MAPPED: AddressWords = [0, 0, 0x1_0000, 0];

/**
 * Puts addresses into shared memory, where `lookUp` finds the marks of one: 64 bytes at most for each address or
 * prefix. A prefix or range of IPv6 holds no address of IPv4, whether or not ::ffff:0:0/96 lies within it.
 *
 * @throws Error when a text is in no such form; the schemas let none pass
 */
export function buildAddressMap(entries: Iterable<MarkedAddresses>): SharedArrayBuffer {
  const trie = new AddressTrie();
  for (const { text, marks } of entries) {
    for (const [first, last] of withoutMapped(addressBounds(text))) trie.addRange(first, last, marks);
  }
  return trie.toBuffer();
}

function withoutMapped({ first, last, isIPv4 }: AddressBounds): [AddressWords, AddressWords][] {
  if (isIPv4 || compare(last, FIRST_MAPPED) < 0 || compare(first, LAST_MAPPED) > 0) return [[first, last]];
  const parts: [AddressWords, AddressWords][] = [];
  if (compare(first, FIRST_MAPPED) < 0) parts.push([first, BEFORE_MAPPED]);
  if (compare(last, LAST_MAPPED) > 0) parts.push([AFTER_MAPPED, last]);
  return parts;
}

function compare(one: AddressWords, other: AddressWords): number {
  for (let word = 0; word < 4; word++) {
    const difference = (one[word] ?? 0) - (other[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
