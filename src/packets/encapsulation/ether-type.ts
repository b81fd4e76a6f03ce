import { read16, read32 } from '../../net/big-endian.ts';
import { isNot, type Place } from './place.ts';

/** EtherTypes: https://www.iana.org/assignments/ieee-802-numbers. */
export const EtherType = {
  ipv4: 0x0800,
  ipv6: 0x86dd,
  /** A whole Ethernet frame, as GRE numbers it. */
  ethernet: 0x6558,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoe: 0x8864,
  /** As GRE numbers it. */
  ppp: 0x880b,
} as const;

const longestOf8023 = 1500;
const MAC_HEADER = 14;

/** What comes next, and where its first byte is; `type` -1: what it is was said to the place. */
type Next = { type: number; at: number };

/** 802.1Q, 802.1ad, and the numbers that QinQ had before it. */
function isVlanTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200;
}

/** Finds IP behind an EtherType that stands at `at`, or behind the length that 802.3 has there. */
export function followEtherType(bytes: Uint8Array, at: number, place: Place): void {
  followType(bytes, read16(bytes, at), at + 2, place);
}

/** Finds IP in what begins at `at`, whose EtherType is known: behind tags, labels, PPP and LLC, whatever their number. */
export function followType(bytes: Uint8Array, type: number, at: number, place: Place): void {
  if (type === EtherType.ipv4 || type === EtherType.ipv6) {
    if (at > bytes.length) return;
    place.network = at;
    return;
  }
  const next = { type, at };
  // Each turn passes some bytes.
  while (next.type >= 0 && next.at <= bytes.length) {
    if (next.type === EtherType.ipv4 || next.type === EtherType.ipv6) {
      place.network = next.at;
      return;
    }
    step(bytes, next, place);
  }
}

function step(bytes: Uint8Array, next: Next, place: Place): void {
  const { type, at } = next;
  if (isVlanTag(type)) become(next, read16(bytes, at + 2), at + 4);
  else if (type === EtherType.mpls || type === EtherType.mplsMulticast) passLabels(bytes, next);
  else if (type === EtherType.ethernet) become(next, read16(bytes, at + 12), at + MAC_HEADER);
  else if (type === EtherType.pppoe) {
    place.lengths?.push({ at: at + 4, from: at + 6 });
    passPpp(bytes, next, at + 6, place);
  } else if (type === EtherType.ppp) passPpp(bytes, next, at, place);
  else if (type <= longestOf8023) {
    if (type > 0) place.lengths?.push({ at: at - 2, from: at });
    passLlc(bytes, next, place);
  } else stop(next, place, 'EtherType', type);
}

function become(next: Next, type: number, at: number): void {
  next.type = type;
  next.at = at;
}

function stop(
  next: Next,
  place: Place,
  carried: 'EtherType' | 'PPP protocol' | 'LLC SAP',
  type: number,
): void {
  isNot(place, carried, type);
  next.type = -1;
}

/** Labels (RFC 3032) do not say what they carry: a version of IP, or Ethernet behind a control word of zeros (RFC 4448) or at once. */
function passLabels(bytes: Uint8Array, next: Next): void {
  let { at } = next;
  while (at + 4 <= bytes.length && ((bytes[at + 2] ?? 0) & 1) === 0) at += 4;
  at += 4;
  const version = (bytes[at] ?? 0) >>> 4;
  if (version === 4) become(next, EtherType.ipv4, at);
  else if (version === 6) become(next, EtherType.ipv6, at);
  else become(next, EtherType.ethernet, version === 0 && read32(bytes, at) >>> 28 === 0 ? at + 4 : at);
}

/** RFC 1661 and 1662: the address and control bytes, and the first byte of a protocol below 256, may be left out. */
export function followPpp(bytes: Uint8Array, at: number, place: Place): void {
  const next = { type: EtherType.ppp, at };
  passPpp(bytes, next, at, place);
  if (next.type >= 0) followType(bytes, next.type, next.at, place);
}

function passPpp(bytes: Uint8Array, next: Next, start: number, place: Place): void {
  const at = bytes[start] === 0xff && bytes[start + 1] === 3 ? start + 2 : start;
  const isShort = ((bytes[at] ?? 0) & 1) === 1;
  const protocol = isShort ? (bytes[at] ?? 0) : read16(bytes, at);
  const type = pppTypes.get(protocol);
  if (type === undefined) stop(next, place, 'PPP protocol', protocol);
  else become(next, type, at + (isShort ? 1 : 2));
}

const pppTypes: ReadonlyMap<number, number> = new Map([
  [0x21, EtherType.ipv4],
  [0x57, EtherType.ipv6],
  [0x281, EtherType.mpls],
  [0x283, EtherType.mplsMulticast],
]);

export function followLlc(bytes: Uint8Array, at: number, place: Place): void {
  const next = { type: 0, at };
  passLlc(bytes, next, place);
  if (next.type >= 0) followType(bytes, next.type, next.at, place);
}

/** SNAP (RFC 1042), IP by a SAP of its own, and IP by its number of ISO (RFC 2684). */
function passLlc(bytes: Uint8Array, next: Next, place: Place): void {
  const { at } = next;
  const sap = bytes[at] ?? 0;
  if (sap === 0xaa && bytes[at + 1] === 0xaa) {
    const organisation = read32(bytes, at + 2) & 0xff_ffff;
    // That of Ethernet itself and of bridges of it; with the latter a whole frame stands behind.
    if (organisation === 0x00_80c2) become(next, EtherType.ethernet, at + 8);
    else if (read16(bytes, at + 6) > longestOf8023) become(next, read16(bytes, at + 6), at + 8);
    else stop(next, place, 'LLC SAP', sap);
  } else if (sap === 6 && bytes[at + 1] === 6) become(next, EtherType.ipv4, at + 3);
  else if (sap === 0xfe && bytes[at + 3] === 0xcc) become(next, EtherType.ipv4, at + 4);
  else stop(next, place, 'LLC SAP', sap);
}
