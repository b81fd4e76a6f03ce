import ipaddr from 'ipaddr.js';

/** Four 32-bit words in network order; IPv4 is ::ffff:a.b.c.d. */
export type AddressWords = readonly [number, number, number, number];

export type AddressBounds = {
  readonly first: AddressWords;
  readonly last: AddressWords;
  readonly isIPv4: boolean;
};

const wordBytes = 0xffff_ffff;
const mapped = 0xffff;

/**
 * The first and the last address of an address, a prefix or a range, in the form that
 * schemas/kinds/address-range.ts gives them.
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
  return { first: fill(first, bits, 0), last: fill(first, bits, wordBytes), isIPv4 };
}

function between(from: string, to: string): AddressBounds {
  const first = ipaddr.parse(from);
  const last = ipaddr.parse(to);
  if (first.kind() !== last.kind()) throw new Error(`${from}-${to} is of two families`);
  return { first: wordsOf(first), last: wordsOf(last), isIPv4: first.kind() === 'ipv4' };
}

function wordsOf(address: ipaddr.IPv4 | ipaddr.IPv6): AddressWords {
  if (address instanceof ipaddr.IPv4) {
    const [a = 0, b = 0, c = 0, d = 0] = address.octets;
    return [0, 0, mapped, ((a << 24) | (b << 16) | (c << 8) | d) >>> 0];
  }
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = address.parts;
  return [word(a, b), word(c, d), word(e, f), word(g, h)];
}

function word(high: number, low: number): number {
  return ((high << 16) | low) >>> 0;
}

/** The address with every bit behind the first `length` taken from `rest`. */
function fill([a, b, c, d]: AddressWords, length: number, rest: number): AddressWords {
  const filled = (value: number, bits: number): number => {
    if (bits >= 32) return value;
    const kept = bits <= 0 ? 0 : (wordBytes << (32 - bits)) >>> 0;
    return ((value & kept) | (rest & ~kept)) >>> 0;
  };
  return [filled(a, length), filled(b, length - 32), filled(c, length - 64), filled(d, length - 96)];
}
