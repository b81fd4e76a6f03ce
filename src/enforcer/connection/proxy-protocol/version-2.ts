import { ADDRESS_WORDS, isIPv4, mappedAddress } from '../../../net/address.ts';
import { type Announced, broken, type HeaderReading, more } from './header.ts';

/** No text protocol begins with these bytes (the protocol's section 2.2). */
export const signature = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10);
/** Addresses and every extension that is in use fit in so much; a sender that says more is not believed. */
export const longestHeader = 4096;
const FIXED = 16;
const LOCAL = 0x20;
const PROXY = 0x21;
const TCP4 = 0x11;
const TCP6 = 0x21;
const IPV4_BYTES = 12;
const IPV6_BYTES = 36;

/** Bytes of addresses by family and transport; anything else is not of the protocol. */
const addressBlockBytes: ReadonlyMap<number, number> = new Map([
  [0x00, 0],
  [TCP4, IPV4_BYTES],
  [0x12, IPV4_BYTES],
  [TCP6, IPV6_BYTES],
  [0x22, IPV6_BYTES],
  [0x31, 216],
  [0x32, 216],
]);

/** Reads a header of version 2 whose signature is known to be right as far as it goes. */
export function readVersion2(bytes: Uint8Array): HeaderReading {
  const [command, transport, high, low] = bytes.subarray(signature.length, FIXED);
  if (command === undefined) return more;
  if (command !== LOCAL && command !== PROXY) return broken('a version or command that is unknown');
  if (transport === undefined) return more;
  // Whatever a LOCAL one says of addresses is to be ignored.
  const addressBytes = command === LOCAL ? 0 : addressBlockBytes.get(transport);
  if (addressBytes === undefined) return broken('a protocol that is unknown');
  if (high === undefined) return more;
  if (low === undefined) return high * 256 + FIXED > longestHeader ? tooLong : more;
  const length = FIXED + high * 256 + low;
  if (length > longestHeader) return tooLong;
  if (length < FIXED + addressBytes) return broken('too short for its addresses');
  if (bytes.length < length) return more;
  const announced = command === PROXY ? readAddresses(bytes, transport) : null;
  return { kind: 'header', length, announced };
}

const tooLong = broken(`a header of more than ${longestHeader} bytes`);

function readAddresses(bytes: Uint8Array, transport: number): Announced | null {
  if (transport !== TCP4 && transport !== TCP6) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + FIXED);
  const size = transport === TCP4 ? 4 : 16;
  const read = (at: number): Uint32Array =>
    transport === TCP4
      ? mappedAddress(view.getUint32(at))
      : Uint32Array.from({ length: ADDRESS_WORDS }, (_, word) => view.getUint32(at + word * 4));
  return {
    source: read(0),
    destination: read(size),
    sourcePort: view.getUint16(2 * size),
    destinationPort: view.getUint16(2 * size + 2),
  };
}

/** A header of version 2, without extensions. Two families make both addresses IPv6, the IPv4 one mapped; null is LOCAL. */
export function writeVersion2(announced: Announced | null): Uint8Array {
  if (announced === null) return Uint8Array.of(...signature, LOCAL, 0, 0, 0);
  const { source, sourcePort, destination, destinationPort } = announced;
  const areIPv4 = isIPv4(source) && isIPv4(destination);
  const length = areIPv4 ? IPV4_BYTES : IPV6_BYTES;
  const bytes = new Uint8Array(FIXED + length);
  const view = new DataView(bytes.buffer);
  bytes.set(signature);
  view.setUint8(12, PROXY);
  view.setUint8(13, areIPv4 ? TCP4 : TCP6);
  view.setUint16(14, length);
  let at = FIXED;
  for (const address of [source, destination]) {
    for (let word = areIPv4 ? 3 : 0; word < ADDRESS_WORDS; word++, at += 4) {
      view.setUint32(at, address[word] ?? 0);
    }
  }
  view.setUint16(at, sourcePort);
  view.setUint16(at + 2, destinationPort);
  return bytes;
}
