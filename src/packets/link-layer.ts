import { read16 } from '../net/big-endian.ts';

/** Link types that are understood: https://www.tcpdump.org/linktypes.html. */
export const LinkType = {
  null: 0,
  ethernet: 1,
  /** What some systems write for raw IP. */
  rawOfBsd: 12,
  rawOfOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** 802.1Q, 802.1ad, and the number that QinQ had before it. */
function isVlanTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100;
}

/** Where the IP header begins behind an EtherType at `at` and its VLAN tags, or -1. */
function behindEtherType(bytes: Uint8Array, at: number): number {
  let type = read16(bytes, at);
  let next = at + 2;
  while (isVlanTag(type) && next + 4 <= bytes.length) {
    type = read16(bytes, next + 2);
    next += 4;
  }
  return type === IPV4 || type === IPV6 ? next : -1;
}

/** The EtherType of Linux cooked v2 is its first field, and tags stand where the payload begins. */
function behindCooked2(bytes: Uint8Array): number {
  const type = read16(bytes, 0);
  if (type === IPV4 || type === IPV6) return 20;
  if (!isVlanTag(type)) return -1;
  return behindEtherType(bytes, 22);
}

/** The family stands in the byte order of the machine that captured: a small number at one end of four bytes. */
function isLoopbackIP(bytes: Uint8Array): boolean {
  const family = (bytes[0] ?? 0) | (bytes[3] ?? 0);
  // AF_INET, and AF_INET6 as Linux, the BSDs and macOS number it.
  return [2, 10, 24, 28, 30].includes(family);
}

/** Where the IP header of a frame begins, or -1 when it carries no IP or its link type is not known. */
export function networkOffset(linkType: number, bytes: Uint8Array): number {
  switch (linkType) {
    case LinkType.ethernet:
      return behindEtherType(bytes, 12);
    case LinkType.linuxCooked:
      return behindEtherType(bytes, 14);
    case LinkType.linuxCooked2:
      return behindCooked2(bytes);
    case LinkType.null:
    case LinkType.loop:
      return isLoopbackIP(bytes) ? 4 : -1;
    case LinkType.raw:
    case LinkType.rawOfBsd:
    case LinkType.rawOfOpenBsd:
    case LinkType.ipv4:
    case LinkType.ipv6:
      return 0;
    default:
      return -1;
  }
}
