import { ADDRESS_WORDS, isIPv4, MAPPED } from './address.ts';
import { read32, write32 } from './big-endian.ts';

// The bytes of addresses in packets: 4 of IPv4, 16 of IPv6.

/** Reads four bytes of IPv4 into the four words of src/net/address.ts. */
export function readIPv4(bytes: Uint8Array, at: number, into: Uint32Array): void {
  into[0] = 0;
  into[1] = 0;
  into[2] = MAPPED;
  into[3] = read32(bytes, at);
}

/** Likewise sixteen bytes of IPv6. */
export function readIPv6(bytes: Uint8Array, at: number, into: Uint32Array): void {
  for (let word = 0; word < ADDRESS_WORDS; word++) into[word] = read32(bytes, at + word * 4);
}

/** The bytes of an address: four of IPv4, also of a mapped one, else sixteen. */
export function addressBytes(address: Uint32Array): Uint8Array {
  const first = isIPv4(address) ? ADDRESS_WORDS - 1 : 0;
  const bytes = new Uint8Array((ADDRESS_WORDS - first) * 4);
  for (let word = first; word < ADDRESS_WORDS; word++) write32(bytes, (word - first) * 4, address[word] ?? 0);
  return bytes;
}
