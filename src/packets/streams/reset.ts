import { write16, write32 } from '../../net/big-endian.ts';
import { CaptureRecord } from '../capture/record.ts';
import { LinkType } from '../encapsulation/link-layer.ts';
import type { Moment } from '../headers/create.ts';
import { TCP } from '../headers/layers.ts';
import { Flag } from '../headers/tcp.ts';
import { Packet } from '../packet.ts';

const ttl = 64;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const MAC = 6;
const PORT = 2;

/** Where a packet goes: its link header, addresses and ports, one behind the other. */
export type Route = {
  readonly linkType: number;
  readonly version: 0 | 4 | 6;
  /** A byte in each character: no array takes as little memory. */
  readonly bytes: string;
};

/** The route of a TCP packet. */
export function routeOf({ bytes, linkType, version, network, transport }: Packet): Route {
  const [at, length] = addressesOf(version);
  const parts = [
    bytes.subarray(0, network),
    bytes.subarray(network + at, network + at + 2 * length),
    bytes.subarray(transport, transport + 2 * PORT),
  ];
  return { linkType, version, bytes: Buffer.concat(parts).toString('latin1') };
}

/**
 * A reset along a route or against it: flags RST alone, no acknowledgement, no window, TTL 64, as Haka sends it.
 */
export function createReset(route: Route, isReverse: boolean, sequence: number, moment: Moment): Packet {
  const { linkType, version } = route;
  const like = Buffer.from(route.bytes, 'latin1');
  const [at, length] = addressesOf(version);
  const header = version === 4 ? IPV4_HEADER : IPV6_HEADER;
  const network = like.length - 2 * length - 2 * PORT;
  const bytes = new Uint8Array(network + header + TCP_HEADER);
  bytes.set(like.subarray(0, network));
  if (version === 4) writeIPv4(bytes, network);
  else writeIPv6(bytes, network);
  copyEnds(bytes, network + at, like, network, length, isReverse);
  copyEnds(bytes, network + header, like, network + 2 * length, PORT, isReverse);
  if (linkType === LinkType.ethernet) copyEnds(bytes, 0, like, 0, MAC, isReverse);
  write32(bytes, network + header + 4, sequence);
  bytes[network + header + 12] = (TCP_HEADER / 4) << 4;
  bytes[network + header + 13] = Flag.rst;
  const { seconds, nanoseconds } = moment;
  const packet = new Packet(new CaptureRecord(linkType, seconds, nanoseconds, bytes.length, bytes));
  packet.changed();
  return packet;
}

/** Where addresses stand in an IP header, and how long each is. */
function addressesOf(version: number): readonly [at: number, length: number] {
  return version === 4 ? [12, 4] : [8, 16];
}

function writeIPv4(bytes: Uint8Array, at: number): void {
  bytes[at] = 0x45;
  write16(bytes, at + 2, IPV4_HEADER + TCP_HEADER);
  bytes[at + 8] = ttl;
  bytes[at + 9] = TCP;
}

function writeIPv6(bytes: Uint8Array, at: number): void {
  bytes[at] = 0x60;
  write16(bytes, at + 4, TCP_HEADER);
  bytes[at + 6] = TCP;
  bytes[at + 7] = ttl;
}

/** Two neighbouring fields of the same length, one for each end. */
function copyEnds(
  into: Uint8Array,
  at: number,
  from: Uint8Array,
  fromAt: number,
  length: number,
  isReverse: boolean,
): void {
  const one = from.subarray(fromAt, fromAt + length);
  const other = from.subarray(fromAt + length, fromAt + 2 * length);
  into.set(isReverse ? other : one, at);
  into.set(isReverse ? one : other, at + length);
}
