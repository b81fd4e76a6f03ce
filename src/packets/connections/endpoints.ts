import { read16, read32 } from '../big-endian.ts';
import type { Packet } from '../packet.ts';

const ADDRESS_WORDS = 4;
const MAPPED = 0xffff;

/** The two ends of a TCP packet. Addresses are four 32-bit words; IPv4 is ::ffff:a.b.c.d. */
export class Endpoints {
  readonly source = new Uint32Array(ADDRESS_WORDS);
  readonly destination = new Uint32Array(ADDRESS_WORDS);
  sourcePort = 0;
  destinationPort = 0;

  /** Reads them from a packet that has a TCP header. */
  read({ bytes, network, transport, version }: Packet): void {
    this.sourcePort = read16(bytes, transport);
    this.destinationPort = read16(bytes, transport + 2);
    if (version === 4) {
      readMapped(bytes, network + 12, this.source);
      readMapped(bytes, network + 16, this.destination);
      return;
    }
    for (let word = 0; word < ADDRESS_WORDS; word++) {
      this.source[word] = read32(bytes, network + 8 + word * 4);
      this.destination[word] = read32(bytes, network + 24 + word * 4);
    }
  }
}

function readMapped(bytes: Uint8Array, at: number, into: Uint32Array): void {
  into[0] = 0;
  into[1] = 0;
  into[2] = MAPPED;
  into[3] = read32(bytes, at);
}

/** Whether it is one of IPv4. */
export function isMapped(address: Uint32Array): boolean {
  return address[0] === 0 && address[1] === 0 && address[2] === MAPPED;
}

export function mappedAddress(word: number): Uint32Array {
  return Uint32Array.of(0, 0, MAPPED, word);
}

export function sameAddress(one: Uint32Array, other: Uint32Array): boolean {
  return one[3] === other[3] && one[2] === other[2] && one[1] === other[1] && one[0] === other[0];
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}

function hashEnd(address: Uint32Array, port: number, seed: number): number {
  let hash = seed;
  for (let word = 0; word < ADDRESS_WORDS; word++) hash = mix(hash, address[word] ?? 0);
  return mix(hash, port);
}

/** The same for both directions, and small enough to be no heap number. */
export function hashEndpoints(ends: Endpoints, seed: number): number {
  const sum =
    hashEnd(ends.source, ends.sourcePort, seed) + hashEnd(ends.destination, ends.destinationPort, seed);
  return mix(seed, sum | 0) & 0x3fff_ffff;
}
