import { type AddressBounds, type AddressWords, addressBounds } from './address-bounds.ts';
import { AddressTrie } from './address-trie.ts';

export { lookUp, marksWithin } from './address-trie.ts';

export type MarkedAddresses = {
  /** An address, a prefix (`192.0.2.0/24`) or a range (`a-b`), as schemas/kinds/addresses/address-range.ts gives it. */
  readonly text: string;
  /** A set of bits, not empty. */
  readonly marks: number;
};

// ::ffff:0:0/96, which is IPv4, and its neighbours.
const firstMapped: AddressWords = [0, 0, 0xffff, 0];
const lastMapped: AddressWords = [0, 0, 0xffff, 0xffff_ffff];
const beforeMapped: AddressWords = [0, 0, 0xfffe, 0xffff_ffff];
const afterMapped: AddressWords = [0, 0, 0x1_0000, 0];

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
  if (isIPv4 || compare(last, firstMapped) < 0 || compare(first, lastMapped) > 0) return [[first, last]];
  const parts: [AddressWords, AddressWords][] = [];
  if (compare(first, firstMapped) < 0) parts.push([first, beforeMapped]);
  if (compare(last, lastMapped) > 0) parts.push([afterMapped, last]);
  return parts;
}

function compare(one: AddressWords, other: AddressWords): number {
  for (let word = 0; word < 4; word++) {
    const difference = (one[word] ?? 0) - (other[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
