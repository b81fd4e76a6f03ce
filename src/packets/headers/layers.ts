import { read16 } from '../../net/big-endian.ts';

export const TCP = 6;
/** In bytes. */
export const longestIpPacket = 65_535;
export const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
export const DESTINATION_OPTIONS = 60;
/** Hop-by-hop, routing, destination, mobility, HIP, shim6: RFC 7045, less those that are handled by themselves. */
function isExtension(header: number): boolean {
  return (
    header === 0 ||
    header === ROUTING ||
    header === DESTINATION_OPTIONS ||
    header === 135 ||
    header === 139 ||
    header === 140
  );
}

/** Bytes of an extension header of IPv6 whose second byte is `length`. */
export function extensionLength(header: number, length: number): number {
  if (header === FRAGMENT) return 8;
  return length * (header === AUTHENTICATION ? 4 : 8) + 8;
}

/** What is wrong with the headers of a packet. */
export type PacketProblem =
  | 'IP header cut short'
  | 'IP version is neither 4 nor 6'
  | 'IPv4 header length below 20'
  | 'IPv4 total length below the header length'
  | 'IPv6 extension header cut short'
  | 'TCP header cut short'
  | 'TCP header length below 20'
  | 'TCP header longer than the packet';

/** Where the headers of an IP packet stand in its frame. */
export type Layers = {
  version: 0 | 4 | 6;
  /** The first byte behind the IP header and its extensions; -1 when it can't be told. */
  transport: number;
  /** IP protocol number of what begins there; -1 when it can't be told. */
  protocol: number;
  /** Where the fragment header of IPv6 stands, or -1. */
  fragmentHeader: number;
  isFragment: boolean;
  /** The first byte behind the IP packet; what follows in the frame is padding. */
  end: number;
  /** Bytes that the header counts and the capture has not kept. */
  missing: number;
  problem: PacketProblem | undefined;
};

/** Nothing found yet. */
export function noLayers(): Layers {
  return {
    version: 0,
    transport: -1,
    protocol: -1,
    fragmentHeader: -1,
    isFragment: false,
    end: 0,
    missing: 0,
    problem: undefined,
  };
}

/** A packet as its headers know it: they are windows on its bytes, and tell it what was written there. */
export type HeaderCarrier = Readonly<Layers> & {
  readonly bytes: Uint8Array;
  /** Where the IP header begins. */
  readonly network: number;
  /** Finds the headers anew. */
  locate(): void;
  /** Says that bytes were written. */
  changed(): void;
  /** Puts bytes in place of all from `at` to the end of the IP packet; false when that would be too long. */
  replaceTail(at: number, bytes: Uint8Array): boolean;
};

/** Finds the headers of the IP packet that begins at `network`; whatever the bytes say, it ends and stays inside. */
export function locateLayers(bytes: Uint8Array, network: number, into: Layers): void {
  into.version = 0;
  into.transport = -1;
  into.protocol = -1;
  into.fragmentHeader = -1;
  into.isFragment = false;
  into.end = bytes.length;
  into.missing = 0;
  into.problem = locateIP(bytes, network, into);
  if (into.problem === undefined && into.protocol === TCP && !into.isFragment) {
    into.problem = checkTcp(bytes, into);
  }
  if (into.problem === undefined) return;
  into.transport = -1;
  into.protocol = -1;
}

function locateIP(bytes: Uint8Array, network: number, into: Layers): PacketProblem | undefined {
  if (network >= bytes.length) return 'IP header cut short';
  const version = (bytes[network] ?? 0) >>> 4;
  if (version === 4) return locateIPv4(bytes, network, into);
  return version === 6 ? locateIPv6(bytes, network, into) : 'IP version is neither 4 nor 6';
}

function setEnd(bytes: Uint8Array, claimed: number, into: Layers): void {
  into.end = Math.min(claimed, bytes.length);
  into.missing = claimed - into.end;
}

function locateIPv4(bytes: Uint8Array, network: number, into: Layers): PacketProblem | undefined {
  if (network + 20 > bytes.length) return 'IP header cut short';
  into.version = 4;
  const header = ((bytes[network] ?? 0) & 15) * 4;
  if (header < 20) return 'IPv4 header length below 20';
  // Zero where the network card was to cut the packet into segments: all that was captured.
  const total = read16(bytes, network + 2) || bytes.length - network;
  if (total < header) return 'IPv4 total length below the header length';
  setEnd(bytes, network + total, into);
  if (network + header > into.end) return 'IP header cut short';
  into.isFragment = (read16(bytes, network + 6) & 0x3fff) !== 0;
  into.transport = network + header;
  into.protocol = bytes[network + 9] ?? 0;
  if (into.protocol !== AUTHENTICATION || into.isFragment) return undefined;
  const authenticated = into.transport + extensionLength(AUTHENTICATION, bytes[into.transport + 1] ?? 0);
  if (authenticated > into.end) return undefined;
  into.protocol = bytes[into.transport] ?? 0;
  into.transport = authenticated;
  return undefined;
}

function locateIPv6(bytes: Uint8Array, network: number, into: Layers): PacketProblem | undefined {
  if (network + 40 > bytes.length) return 'IP header cut short';
  into.version = 6;
  const payload = read16(bytes, network + 4) || bytes.length - network - 40;
  setEnd(bytes, network + 40 + payload, into);
  let at = network + 40;
  let header = bytes[network + 6] ?? 0;
  while (isExtension(header) || header === AUTHENTICATION || header === FRAGMENT) {
    if (at + 8 > into.end) return 'IPv6 extension header cut short';
    const next = bytes[at] ?? 0;
    if (header === FRAGMENT) {
      into.fragmentHeader = at;
      // An offset of 0 and no more to come is a whole packet all the same: RFC 6946.
      into.isFragment = (read16(bytes, at + 2) & 0xfff9) !== 0;
    }
    at += extensionLength(header, bytes[at + 1] ?? 0);
    header = next;
    if (at > into.end) return 'IPv6 extension header cut short';
    if (into.isFragment) break;
  }
  into.transport = at;
  into.protocol = header;
  return undefined;
}

/** Options may be cut off by the capture: all that must be there is the fixed header. */
function checkTcp(bytes: Uint8Array, { transport, end, missing }: Layers): PacketProblem | undefined {
  if (transport + 20 > end) return 'TCP header cut short';
  const header = ((bytes[transport + 12] ?? 0) >>> 4) * 4;
  if (header < 20) return 'TCP header length below 20';
  return transport + header > end + missing ? 'TCP header longer than the packet' : undefined;
}
