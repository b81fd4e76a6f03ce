import { sumWords } from '../../net/checksum.ts';
import { DESTINATION_OPTIONS, extensionLength, type Layers, ROUTING } from './layers.ts';

/** What is asked of a packet. */
type Located = Pick<Layers, 'version' | 'transport'> & {
  readonly bytes: Uint8Array;
  readonly network: number;
};

const LOOSE_ROUTE = 131;
const STRICT_ROUTE = 137;
const HOME_ADDRESS = 201;
const OF_IPV6 = 16;

/**
 * The sum of both addresses that a checksum of the transport layer covers: those of the ends, which are others than
 * the header's while the packet is on a route that its sender has chosen. Undefined where that can't be told.
 */
export function sumAddresses(packet: Located): number | undefined {
  const { bytes, version, network, transport } = packet;
  if (version === 4) {
    const source = network + 12;
    if (transport === network + 20) return sumWords(bytes, source, source + 8);
    const destination = lastOfRoute(bytes, network + 20, transport) ?? network + 16;
    return sumWords(bytes, source, source + 4) + sumWords(bytes, destination, destination + 4);
  }
  const source = network + 8;
  if (transport === network + 40) return sumWords(bytes, source, source + 2 * OF_IPV6);
  return sumBehindExtensions(packet);
}

/** Both of the header, whatever options and extensions say. */
export function sumHeaderAddresses({ bytes, version, network }: Located): number {
  return version === 4
    ? sumWords(bytes, network + 12, network + 20)
    : sumWords(bytes, network + 8, network + 40);
}

/** Where the last address of a source route stands among the options, if it is still to be reached (RFC 791, 3.1). */
function lastOfRoute(bytes: Uint8Array, start: number, end: number): number | undefined {
  for (let at = start; at < end; ) {
    const type = bytes[at] ?? 0;
    if (type === 0) return undefined;
    const length = type === 1 ? 1 : (bytes[at + 1] ?? 0);
    if (length === 0 || at + length > end) return undefined;
    if (type === LOOSE_ROUTE || type === STRICT_ROUTE) {
      return length >= 7 && (bytes[at + 2] ?? 0) <= length ? at + length - 4 : undefined;
    }
    at += length;
  }
  return undefined;
}

/** RFC 8200, 8.1: the final destination of a routing header. RFC 6275, 11.3.1: the home address of a mobile source. */
function sumBehindExtensions({ bytes, network, transport }: Located): number | undefined {
  let source = network + 8;
  let destination = network + 24;
  let header = bytes[network + 6] ?? 0;
  for (let at = network + 40; at < transport; ) {
    const end = at + extensionLength(header, bytes[at + 1] ?? 0);
    if (header === ROUTING && (bytes[at + 3] ?? 0) > 0) {
      const last = finalDestination(bytes, at, end);
      if (last === undefined) return undefined;
      destination = last;
    }
    if (header === DESTINATION_OPTIONS) source = homeAddress(bytes, at + 2, end) ?? source;
    header = bytes[at] ?? 0;
    at = end;
  }
  return sumWords(bytes, source, source + OF_IPV6) + sumWords(bytes, destination, destination + OF_IPV6);
}

/** Where the last address of a routing header stands; undefined for a type that says it in another way. */
function finalDestination(bytes: Uint8Array, at: number, end: number): number | undefined {
  const type = bytes[at + 2] ?? 0;
  if (end < at + 8 + OF_IPV6) return undefined;
  // Of old source routes and mobile nodes the last, of segment routing (RFC 8754) the first: it counts down.
  if (type === 0 || type === 2) return end - OF_IPV6;
  return type === 4 ? at + 8 : undefined;
}

function homeAddress(bytes: Uint8Array, start: number, end: number): number | undefined {
  for (let at = start; at < end; ) {
    const length = bytes[at] === 0 ? 1 : (bytes[at + 1] ?? 0) + 2;
    if (at + length > end) return undefined;
    if (bytes[at] === HOME_ADDRESS && length === OF_IPV6 + 2) return at + 2;
    at += length;
  }
  return undefined;
}
