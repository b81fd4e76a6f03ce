import { ADDRESS_WORDS } from '../../net/address.ts';
import { readIPv4, readIPv6 } from '../../net/address-bytes.ts';
import { read16 } from '../../net/big-endian.ts';
import type { Packet } from '../packet.ts';

/** The two ends of a TCP packet. Addresses are four 32-bit words; IPv4 is ::ffff:a.b.c.d. */
export class PacketEnds {
  readonly source = new Uint32Array(ADDRESS_WORDS);
  readonly destination = new Uint32Array(ADDRESS_WORDS);
  sourcePort = 0;
  destinationPort = 0;

  /** Reads them from a packet that has a TCP header. */
  read({ bytes, network, transport, version }: Packet): void {
    this.sourcePort = read16(bytes, transport);
    this.destinationPort = read16(bytes, transport + 2);
    if (version === 4) {
      readIPv4(bytes, network + 12, this.source);
      readIPv4(bytes, network + 16, this.destination);
    } else {
      readIPv6(bytes, network + 8, this.source);
      readIPv6(bytes, network + 24, this.destination);
    }
  }
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
export function hashEnds(ends: PacketEnds, seed: number): number {
  const sum =
    hashEnd(ends.source, ends.sourcePort, seed) + hashEnd(ends.destination, ends.destinationPort, seed);
  return mix(seed, sum | 0) & 0x3fff_ffff;
}
