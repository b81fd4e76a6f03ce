import { write16 } from '../../net/big-endian.ts';
import { CaptureRecord } from '../capture/record.ts';
import { LinkType } from '../encapsulation/link-layer.ts';
import { Packet } from '../packet.ts';
import { TCP } from './layers.ts';
import type { Tcp } from './tcp.ts';

const IPV4_HEADER = 20;
const TCP_HEADER = 20;

export type Moment = { readonly seconds: number; readonly nanoseconds: number };

/** Headers of the link layer that say IPv4 and nothing else, not even who to whom; raw IP has none. */
const emptyLinkHeaders: ReadonlyMap<number, readonly number[]> = new Map([
  [LinkType.ethernet, [...zeros(12), 8, 0]],
  [LinkType.linuxCooked, [...zeros(14), 8, 0]],
  [LinkType.linuxCooked2, [8, 0, ...zeros(18)]],
  [LinkType.loop, [0, 0, 0, 2]],
  [LinkType.null, [2, 0, 0, 0]],
  [LinkType.ppp, [0xff, 3, 0, 0x21]],
  [LinkType.pppHdlc, [0xff, 3, 0, 0x21]],
  [LinkType.pppOfPppd, [0, 3, 0, 0x21]],
  [LinkType.pppWithDirection, [0, 0xff, 3, 0, 0x21]],
  [LinkType.pppoe, [0x11, 0, 0, 0, 0, 2, 0, 0x21]],
  [LinkType.atm, [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]],
  [LinkType.ciscoHdlc, [0x0f, 0, 8, 0]],
  [LinkType.ipsecOfOpenBsd, [2, ...zeros(11)]],
  [LinkType.packetFilter, [61, 2, ...zeros(62)]],
  [LinkType.netfilterLog, [2, 0, 0, 0, 4, 0, 9, 0]],
]);

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

/** A packet of `size` zero bytes behind an empty link header; without one for raw IP. */
export function createPacket(linkType: number, size: number, { seconds, nanoseconds }: Moment): Packet {
  const header = emptyLinkHeaders.get(linkType) ?? [];
  const bytes = new Uint8Array(header.length + size);
  bytes.set(header);
  const packet = new Packet(new CaptureRecord(linkType, seconds, nanoseconds, bytes.length, bytes));
  packet.changed();
  return packet;
}

/** Makes the packet behind its link header an IPv4 one without payload: all else 0. False when it has no IP. */
export function makeIPv4(packet: Packet): boolean {
  if (packet.network < 0) return false;
  const bytes = new Uint8Array(packet.network + IPV4_HEADER);
  bytes.set(packet.bytes.subarray(0, packet.network));
  bytes[packet.network] = 0x45;
  write16(bytes, packet.network + 2, IPV4_HEADER);
  packet.bytes = bytes;
  packet.locate();
  packet.changed();
  return true;
}

/** Makes the payload of an IP packet a TCP header: all of it 0 but its length. */
export function makeTcp(packet: Packet): Tcp | undefined {
  const { ip } = packet;
  if (ip === undefined) return undefined;
  const header = new Uint8Array(TCP_HEADER);
  header[12] = (TCP_HEADER / 4) << 4;
  if (!ip.replacePayload(header)) return undefined;
  if (packet.ipv4 !== undefined) packet.ipv4.protocol = TCP;
  if (packet.ipv6 !== undefined) packet.ipv6.nextHeader = TCP;
  return packet.tcp;
}
