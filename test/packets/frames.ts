import { write16, write32 } from '../../src/net/big-endian.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { LinkType } from '../../src/packets/encapsulation/link-layer.ts';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { Packet } from '../../src/packets/packet.ts';

export const nothing = new Uint8Array(0);

export type Segment = {
  readonly version?: 4 | 6;
  readonly isFromClient?: boolean;
  readonly clientPort?: number;
  readonly client?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly flags?: number;
  readonly window?: number;
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array;
  /** Milliseconds. */
  readonly time?: number;
};

const START = 1_700_000_000;
export const SERVER_PORT = 80;
export const CLIENT_PORT = 40_000;

/** The frame of a TCP segment on Ethernet, with right lengths and checksums. */
export function frame(segment: Segment): Packet {
  const { version = 4, isFromClient = true, payload = nothing, options = nothing, time = 0 } = segment;
  const client = segment.client ?? 1;
  const header = version === 4 ? 20 : 40;
  const bytes = new Uint8Array(14 + header + 20 + options.length + payload.length);
  bytes.set([2, 0, 0, 0, 0, isFromClient ? 2 : 1, 2, 0, 0, 0, 0, isFromClient ? 1 : 2]);
  write16(bytes, 12, version === 4 ? 0x0800 : 0x86dd);
  const length = bytes.length - 14;
  if (version === 4) {
    bytes.set([0x45, 0, length >>> 8, length & 255, 0, 1, 0x40, 0, 64, 6, 0, 0], 14);
    write32(bytes, 14 + (isFromClient ? 12 : 16), 0x0a_00_00_00 + client);
    write32(bytes, 14 + (isFromClient ? 16 : 12), 0xc0_00_02_01);
  } else {
    bytes.set([0x60, 0, 0, 0, (length - 40) >>> 8, (length - 40) & 255, 6, 64], 14);
    bytes.set([0x20, 1, 0x0d, 0xb8], 14 + (isFromClient ? 8 : 24));
    write32(bytes, 14 + (isFromClient ? 20 : 36), client);
    bytes.set([0x20, 1, 0x0d, 0xb8, 1], 14 + (isFromClient ? 24 : 8));
  }
  const at = 14 + header;
  const clientPort = segment.clientPort ?? CLIENT_PORT;
  write16(bytes, at, isFromClient ? clientPort : SERVER_PORT);
  write16(bytes, at + 2, isFromClient ? SERVER_PORT : clientPort);
  write32(bytes, at + 4, segment.sequence ?? 0);
  write32(bytes, at + 8, segment.acknowledgement ?? 0);
  bytes[at + 12] = ((20 + options.length) / 4) << 4;
  bytes[at + 13] = segment.flags ?? Flag.ack;
  write16(bytes, at + 14, segment.window ?? 65_535);
  bytes.set(options, at + 20);
  bytes.set(payload, at + 20 + options.length);
  const seconds = START + Math.floor(time / 1000);
  const nanoseconds = Math.floor((time % 1000) * 1_000_000);
  const packet = new Packet(new CaptureRecord(LinkType.ethernet, seconds, nanoseconds, bytes.length, bytes));
  packet.changed();
  packet.finish();
  return packet;
}

/** The header of a packet that has one. */
export function tcpOf(packet: Packet): NonNullable<Packet['tcp']> {
  if (packet.tcp === undefined) throw new Error(`no TCP header: ${packet.problem ?? 'none'}`);
  return packet.tcp;
}

/** A clean copy, as if it had been read from a capture. */
export function reread(packet: Packet): Packet {
  const { linkType, seconds, nanoseconds, originalLength } = packet;
  return new Packet(new CaptureRecord(linkType, seconds, nanoseconds, originalLength, packet.bytes.slice()));
}
