import { addressOf } from './address.ts';

/** Four 32-bit words in network order; IPv4 is ::ffff:a.b.c.d. */
export type AddressWords = readonly [number, number, number, number];

export type AddressBounds = {
  readonly first: AddressWords;
  readonly last: AddressWords;
  readonly isIPv4: boolean;
};

const allOnes = 0xffff_ffff;

/**
 * The first and the last address of an address, a prefix or a range, in the form that
 * schemas/kinds/addresses/address-range.ts gives them.
 *
 * @throws Error when the text is in no such form
 */
export function addressBounds(text: string): AddressBounds {
  const [from = '', to] = text.split('-');
  if (to !== undefined) return between(from, to);
  const [host = '', length] = text.split('/');
  if (length === undefined) return between(host, host);
  const { first, isIPv4 } = between(host, host);
  const bits = Number(length) + (isIPv4 ? 96 : 0);
  return { first: fill(first, bits, 0), last: fill(first, bits, allOnes), isIPv4 };
}

/** Whether all addresses of one are among those of the other, of the same family. */
export function isWithin(inner: AddressBounds, outer: AddressBounds): boolean {
  if (inner.isIPv4 !== outer.isIPv4) return false;
  return compare(inner.first, outer.first) >= 0 && compare(inner.last, outer.last) <= 0;
}

function compare(one: AddressWords, other: AddressWords): number {
  for (const [at, word] of one.entries()) {
    const difference = word - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function between(from: string, to: string): AddressBounds {
  const isIPv4 = !from.includes(':');
  if (isIPv4 === to.includes(':')) throw new Error(`${from}-${to} is of two families`);
  return { first: wordsOf(from), last: wordsOf(to), isIPv4 };
}

function wordsOf(text: string): AddressWords {
  const address = addressOf(text);
  if (address === null) throw new Error(`${text} is no address`);
  const [a = 0, b = 0, c = 0, d = 0] = address;
  return [a, b, c, d];
}

/** The address with every bit behind the first `length` taken from `rest`. */
function fill([a, b, c, d]: AddressWords, length: number, rest: number): AddressWords {
  const filled = (value: number, bits: number): number => {
    if (bits >= 32) return value;
    const kept = bits <= 0 ? 0 : (allOnes << (32 - bits)) >>> 0;
    return ((value & kept) | (rest & ~kept)) >>> 0;
  };
  return [filled(a, length), filled(b, length - 32), filled(c, length - 64), filled(d, length - 96)];
}
