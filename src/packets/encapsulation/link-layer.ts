import { read16 } from '../../net/big-endian.ts';
import { EtherType, followEtherType, followLlc, followPpp, followType } from './ether-type.ts';
import { isNot, type Place } from './place.ts';

/** Link types that are understood: https://www.tcpdump.org/linktypes.html. */
export const LinkType = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  /** What some systems write for raw IP. */
  rawOfBsd: 12,
  rawOfOpenBsd: 14,
  pppHdlc: 50,
  pppoe: 51,
  atm: 100,
  raw: 101,
  ciscoHdlc: 104,
  loop: 108,
  ipsecOfOpenBsd: 109,
  linuxCooked: 113,
  packetFilter: 117,
  pppOfPppd: 166,
  pppWithDirection: 204,
  ipv4: 228,
  ipv6: 229,
  netfilterLog: 239,
  linuxCooked2: 276,
} as const;

/** Of the attribute that is the packet. */
const netfilterPayload = 9;

/** The EtherType of Linux cooked v2 is its first field. */
function followCooked2(bytes: Uint8Array, place: Place): void {
  followType(bytes, read16(bytes, 0), 20, place);
}

/** The family stands in the byte order of the machine that captured: a small number at one end of four bytes. */
function isLoopbackIP(bytes: Uint8Array): boolean {
  const family = (bytes[0] ?? 0) | (bytes[3] ?? 0);
  // AF_INET, and AF_INET6 as Linux, the BSDs and macOS number it.
  return [2, 10, 24, 28, 30].includes(family);
}

/** Attributes of Netfilter behind a header of 4 bytes, in the byte order of the machine that captured; their types are below 256. */
function followNetfilterLog(bytes: Uint8Array, place: Place): void {
  for (let at = 4; at + 4 <= bytes.length; ) {
    const isLittle = bytes[at + 3] === 0;
    const length = isLittle ? (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) : read16(bytes, at);
    const type = isLittle ? (bytes[at + 2] ?? 0) : read16(bytes, at + 2);
    if (type === netfilterPayload) {
      place.lengths?.push({ at, from: at, isLittle });
      place.network = at + 4;
      return;
    }
    if (length < 4) return;
    at += length + (-length & 3);
  }
}

/** Says where the first IP header of a frame begins, or what stands there in place of one. */
export function locateNetwork(linkType: number, bytes: Uint8Array, place: Place): void {
  switch (linkType) {
    case LinkType.ethernet:
      followEtherType(bytes, 12, place);
      return;
    case LinkType.linuxCooked:
      followEtherType(bytes, 14, place);
      return;
    case LinkType.linuxCooked2:
      followCooked2(bytes, place);
      return;
    case LinkType.null:
    case LinkType.loop:
      if (isLoopbackIP(bytes)) place.network = 4;
      return;
    case LinkType.raw:
    case LinkType.rawOfBsd:
    case LinkType.rawOfOpenBsd:
    case LinkType.ipv4:
    case LinkType.ipv6:
      place.network = 0;
      return;
    default:
      locateRareNetwork(linkType, bytes, place);
      return;
  }
}

function locateRareNetwork(linkType: number, bytes: Uint8Array, place: Place): void {
  switch (linkType) {
    case LinkType.ppp:
    case LinkType.pppHdlc:
      followPpp(bytes, 0, place);
      return;
    case LinkType.pppWithDirection:
      followPpp(bytes, 1, place);
      return;
    // In place of the address of PPP stands the direction.
    case LinkType.pppOfPppd:
      followPpp(bytes, 2, place);
      return;
    case LinkType.pppoe:
      followType(bytes, EtherType.pppoe, 0, place);
      return;
    case LinkType.ciscoHdlc:
      followEtherType(bytes, 2, place);
      return;
    case LinkType.atm:
      followLlc(bytes, 0, place);
      return;
    case LinkType.ipsecOfOpenBsd:
      place.network = 12;
      return;
    case LinkType.packetFilter:
      // The header says how long it is, without its padding.
      place.network = ((bytes[0] ?? 0) + 3) & ~3;
      return;
    case LinkType.netfilterLog:
      followNetfilterLog(bytes, place);
      return;
    default:
      isNot(place, 'link type', linkType);
  }
}
