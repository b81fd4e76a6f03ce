import { read16 } from '../../net/big-endian.ts';
import type { Layers } from '../headers/layers.ts';
import { EtherType, followType } from './ether-type.ts';
import type { Place } from './place.ts';

/** Protocol numbers: https://www.iana.org/assignments/protocol-numbers. */
const IP_IN_IP = 4;
const UDP = 17;
const IPV6_IN_IP = 41;
export const GRE = 47;
const ETHER_IP = 97;
const MPLS_IN_IP = 137;

const UDP_HEADER = 8;

/** Whether fragments are worth to be put together for the IP packet that they may hold. Tunnels over UDP send none. */
export function mayTunnel(protocol: number): boolean {
  return [IP_IN_IP, IPV6_IN_IP, GRE, ETHER_IP, MPLS_IN_IP].includes(protocol);
}

/** Says where IP begins in what an IP packet carries, if it is a tunnel. A fragment is none: its whole may be. */
export function locateInside(
  bytes: Uint8Array,
  { protocol, transport, isFragment }: Layers,
  place: Place,
): void {
  if (transport < 0 || isFragment) return;
  switch (protocol) {
    case IP_IN_IP:
    case IPV6_IN_IP:
      place.network = transport;
      return;
    case GRE:
      insideGre(bytes, transport, place);
      return;
    case UDP:
      insideUdp(bytes, transport, place);
      return;
    case ETHER_IP:
      followType(bytes, EtherType.ethernet, transport + 2, place);
      return;
    case MPLS_IN_IP:
      followType(bytes, EtherType.mpls, transport, place);
      return;
    default:
      return;
  }
}

const ERSPAN = 0x88be;
const ERSPAN_3 = 0x22eb;
const WCCP = 0x883e;

/** RFC 2784 and 2890, and version 1 of PPTP (RFC 2637). */
function insideGre(bytes: Uint8Array, at: number, place: Place): void {
  const flags = read16(bytes, at);
  const isPptp = (flags & 7) === 1;
  const hasNumber = (flags & 0x1000) !== 0;
  // Routing of RFC 1701 is not in use, and has no length.
  if ((flags & 0x4000) !== 0) return;
  let inside = at + 4;
  if ((flags & 0x8000) !== 0) inside += 4;
  if ((flags & 0x2000) !== 0) inside += 4;
  if (hasNumber) inside += 4;
  if (isPptp && (flags & 0x80) !== 0) inside += 4;
  if (isPptp) place.lengths?.push({ at: at + 4, from: inside });
  const type = read16(bytes, at + 2);
  if (type === ERSPAN) followType(bytes, EtherType.ethernet, inside + (hasNumber ? 8 : 0), place);
  else if (type === ERSPAN_3) {
    const hasMore = ((bytes[inside + 11] ?? 0) & 1) === 1;
    followType(bytes, EtherType.ethernet, inside + (hasMore ? 20 : 12), place);
  } else if (type === WCCP) {
    // Its second version has a header of its own.
    followType(bytes, EtherType.ipv4, (bytes[inside] ?? 0) >>> 4 === 4 ? inside : inside + 4, place);
  } else followType(bytes, type, inside, place);
}

/** By the port that the tunnel goes to. */
function insideUdp(bytes: Uint8Array, transport: number, place: Place): void {
  const at = transport + UDP_HEADER;
  if (at + 8 > bytes.length) return;
  place.lengths?.push({ at: transport + 4, from: transport });
  switch (read16(bytes, transport + 2)) {
    // VXLAN (RFC 7348), also where Linux had it before.
    case 4789:
    case 8472:
      if (((bytes[at] ?? 0) & 8) !== 0) followType(bytes, EtherType.ethernet, at + 8, place);
      return;
    case 4790:
      insideVxlanGpe(bytes, at, place);
      return;
    // Geneve (RFC 8926).
    case 6081:
      followType(bytes, read16(bytes, at + 2), at + 8 + ((bytes[at] ?? 0) & 63) * 4, place);
      return;
    case 2152:
      insideGtp(bytes, at, place);
      return;
    // RFC 8086.
    case 4754:
      insideGre(bytes, at, place);
      return;
    // RFC 7510.
    case 6635:
      followType(bytes, EtherType.mpls, at, place);
      return;
    default:
      return;
  }
}

const typesOfGpe: readonly (number | undefined)[] = [
  undefined,
  EtherType.ipv4,
  EtherType.ipv6,
  EtherType.ethernet,
];

function insideVxlanGpe(bytes: Uint8Array, at: number, place: Place): void {
  const type = typesOfGpe[bytes[at + 3] ?? 0];
  if (type !== undefined) followType(bytes, type, at + 8, place);
}

/** User data of GTP version 1 (3GPP TS 29.281), behind its extension headers. */
function insideGtp(bytes: Uint8Array, at: number, place: Place): void {
  const flags = bytes[at] ?? 0;
  if (flags >>> 4 !== 3 || bytes[at + 1] !== 255) return;
  place.lengths?.push({ at: at + 2, from: at + 8 });
  let inside = at + 8;
  if ((flags & 7) !== 0) inside += 4;
  if ((flags & 4) !== 0) {
    while (bytes[inside - 1] !== 0 && inside < bytes.length) inside += Math.max(1, bytes[inside] ?? 0) * 4;
  }
  const version = (bytes[inside] ?? 0) >>> 4;
  if (version === 4 || version === 6) place.network = inside;
}
