import { write16 } from '../../net/big-endian.ts';
import { CaptureRecord } from '../capture/record.ts';
import { LinkType } from '../link-layer.ts';
import { Packet } from '../packet.ts';
import { TCP } from './layers.ts';
import type { Tcp } from './tcp.ts';

const IPV4_HEADER = 20;
const TCP_HEADER = 20;
const ETHERNET_HEADER = 14;
const COOKED_HEADER = 16;
const COOKED2_HEADER = 20;
const LOOPBACK_HEADER = 4;
const IPV4 = 0x0800;

export type Moment = { readonly seconds: number; readonly nanoseconds: number };

/** A header of the link layer that says IPv4 and nothing else, not even who to whom. */
function emptyLinkHeader(linkType: number): Uint8Array {
  switch (linkType) {
    case LinkType.ethernet: {
      const header = new Uint8Array(ETHERNET_HEADER);
      write16(header, 12, IPV4);
      return header;
    }
    case LinkType.linuxCooked: {
      const header = new Uint8Array(COOKED_HEADER);
      write16(header, 14, IPV4);
      return header;
    }
    case LinkType.linuxCooked2: {
      const header = new Uint8Array(COOKED2_HEADER);
      write16(header, 0, IPV4);
      return header;
    }
    case LinkType.loop: {
      const header = new Uint8Array(LOOPBACK_HEADER);
      header[3] = 2;
      return header;
    }
    case LinkType.null: {
      const header = new Uint8Array(LOOPBACK_HEADER);
      header[0] = 2;
      return header;
    }
    default:
      return new Uint8Array(0);
  }
}

/** A packet of `size` zero bytes behind an empty link header; without one for raw IP. */
export function createPacket(linkType: number, size: number, { seconds, nanoseconds }: Moment): Packet {
  const header = emptyLinkHeader(linkType);
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
