import { read16, write16 } from '../../net/big-endian.ts';
import { checksumOf, foldSum, sumWords, updateChecksum } from '../../net/checksum.ts';
import { sumAddresses, sumHeaderAddresses } from './covered-addresses.ts';
import { type Layers, TCP } from './layers.ts';

type Carrier = Omit<Layers, 'fragmentHeader'> & { readonly bytes: Uint8Array; readonly network: number };

const ICMP = 1;
const UDP = 17;
const ICMPV6 = 58;
const UDP_HEADER = 8;

/** Where in the header of a protocol its checksum stands; -1 for one that has none, or another. */
function fieldIn(version: number, protocol: number): number {
  switch (protocol) {
    case TCP:
      return 16;
    case UDP:
      return 6;
    case ICMP:
      return version === 4 ? 2 : -1;
    case ICMPV6:
      return version === 6 ? 2 : -1;
    default:
      return -1;
  }
}

/** Where the checksum of what a packet carries stands; -1 where there is none, of a fragment, of what is not whole. */
export function transportChecksumAt({
  version,
  protocol,
  transport,
  end,
  missing,
  isFragment,
}: Carrier): number {
  if (transport < 0 || missing > 0 || isFragment) return -1;
  const field = fieldIn(version, protocol);
  return field < 0 || transport + field + 2 > end ? -1 : transport + field;
}

/** Bytes that the checksum covers; -1 where the header lies. UDP has a length of its own. */
function coveredLength({ bytes, protocol, transport, end }: Carrier): number {
  const carried = end - transport;
  if (protocol !== UDP) return carried;
  const length = read16(bytes, transport + 4);
  return length >= UDP_HEADER && length <= carried ? length : -1;
}

/** The sum of what a checksum covers, the checksum too: addresses, protocol and length belong to it (RFC 9293, 3.1). */
export function sumTransport(packet: Carrier, protocol: number, length: number): number {
  const { bytes, transport } = packet;
  const carried = sumWords(bytes, transport, transport + length);
  if (protocol === ICMP) return carried;
  const addresses = sumAddresses(packet) ?? sumHeaderAddresses(packet);
  return carried + addresses + protocol + (length >>> 16) + (length & 0xffff);
}

/**
 * Of a packet that was not captured whole, and can't be summed: lets its checksum follow an address or another text
 * of an even length that it covers, before this is written.
 */
export function followCovered(packet: Carrier, at: number, written: Uint8Array): void {
  const { bytes, version, protocol, transport, end, missing, isFragment } = packet;
  if (missing === 0 || isFragment || transport < 0 || protocol === ICMP) return;
  const field = fieldIn(version, protocol);
  if (field < 0 || transport + field + 2 > end) return;
  let checksum = read16(bytes, transport + field);
  if (protocol === UDP && version === 4 && checksum === 0) return;
  for (let index = 0; index < written.length; index += 2) {
    checksum = updateChecksum(checksum, read16(bytes, at + index), read16(written, index));
  }
  write16(bytes, transport + field, protocol === UDP && checksum === 0 ? 0xffff : checksum);
}

/** Makes the checksum of what a packet carries right, where it is wrong and that can be told. */
export function mendTransportChecksum(packet: Carrier & { readonly isChanged: boolean }): void {
  const { bytes, protocol, version, isChanged } = packet;
  const at = transportChecksumAt(packet);
  if (at < 0) return;
  const length = coveredLength(packet);
  if (length < 0) return;
  const isWithout = protocol === UDP && read16(bytes, at) === 0;
  // Over IPv4 a sender may do without (RFC 768).
  if (isWithout && version === 4) return;
  if (!isChanged && protocol !== ICMP && sumAddresses(packet) === undefined) return;
  if (!isWithout && foldSum(sumTransport(packet, protocol, length)) === 0xffff) return;
  write16(bytes, at, 0);
  const checksum = checksumOf(sumTransport(packet, protocol, length));
  write16(bytes, at, protocol === UDP && checksum === 0 ? 0xffff : checksum);
}
