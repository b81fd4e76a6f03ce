import { read16, write16 } from '../../net/big-endian.ts';
import { checksumOf, sumWords } from '../../net/checksum.ts';
import { mendIPv4Checksum } from '../headers/ipv4.ts';
import type { Layers } from '../headers/layers.ts';
import { mendTransportChecksum } from '../headers/transport-checksum.ts';
import { enclosing } from './locate.ts';
import type { LengthField } from './place.ts';
import { GRE } from './tunnels.ts';

type Enclosed = Pick<Layers, 'end' | 'missing'> & {
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly network: number;
  readonly isChanged: boolean;
};

const HAS_CHECKSUM = 0x80;

/** Makes lengths and checksums of all that stands around an IP packet right, once that is finished itself. */
export function mendEnclosing(packet: Enclosed): void {
  const { linkType, bytes, network, end, missing, isChanged } = packet;
  const { outer, lengths } = enclosing(linkType, bytes, network);
  // Padding is what came with it, and goes when the packet gets another length.
  if (isChanged && end === bytes.length) {
    for (const field of lengths) mendLength(bytes, field, Math.min(end + missing - field.from, 0xffff));
  }
  for (const layers of outer.toReversed()) {
    const { protocol, transport, version } = layers;
    const whole = { ...layers, bytes, end: Math.max(layers.end, end), missing, isChanged: true };
    if (protocol === GRE && missing === 0) mendGreChecksum(bytes, transport, whole.end);
    else mendTransportChecksum(whole);
    mendIPv4Checksum(bytes, layers.network, version);
  }
}

/** It covers the header and all that it carries: RFC 2784, 2.3. */
function mendGreChecksum(bytes: Uint8Array, at: number, end: number): void {
  if (((bytes[at] ?? 0) & HAS_CHECKSUM) === 0) return;
  write16(bytes, at + 4, 0);
  write16(bytes, at + 4, checksumOf(sumWords(bytes, at, end)));
}

function mendLength(bytes: Uint8Array, { at, isLittle = false }: LengthField, length: number): void {
  // A network card was to write it.
  if (read16(bytes, at) === 0) return;
  write16(bytes, at, isLittle ? ((length & 0xff) << 8) | (length >>> 8) : length);
}
