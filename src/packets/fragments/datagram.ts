import { read16, write16 } from '../../net/big-endian.ts';
import { CaptureRecord } from '../capture/record.ts';
import { extensionLength, longestIpPacket } from '../headers/layers.ts';
import { transportChecksumAt } from '../headers/transport-checksum.ts';
import { Packet } from '../packet.ts';

const fragmentCost = 256;

type Piece = { readonly packet: Packet; readonly start: number; readonly bytes: Uint8Array };

/** What an added fragment was, or has made of its datagram. */
export type Added = 'kept' | 'known' | 'complete' | 'overlap' | 'malformed';

/** An IP datagram of which some fragments are there. */
export class Datagram {
  readonly since: number;
  /** Bytes of memory, about. */
  cost = 0;
  #pieces: Piece[] = [];
  #length = 0;
  /** Where the last fragment ends, once it is there. */
  #end: number | undefined;

  constructor(since: number) {
    this.since = since;
  }

  get fragments(): readonly Packet[] {
    return this.#pieces.map(({ packet }) => packet);
  }

  /** Fragments that overlap make their datagram worthless, unless one is there twice: RFC 5722, and Linux for IPv4 too. */
  add(packet: Packet): Added {
    const { start, isLast } = placeOf(packet);
    const bytes = packet.bytes.subarray(packet.transport, packet.end);
    const end = start + bytes.length;
    const isCut = packet.missing > 0 || (!isLast && bytes.length % 8 !== 0);
    if (isCut || bytes.length === 0 || end > longestIpPacket) return 'malformed';
    if (this.#end !== undefined && (isLast ? end !== this.#end : end > this.#end)) return 'malformed';
    let index = this.#pieces.length;
    while (index > 0 && (this.#pieces[index - 1]?.start ?? 0) >= start) index--;
    const [before, after] = [this.#pieces[index - 1], this.#pieces[index]];
    if (after?.start === start && Buffer.compare(after.bytes, bytes) === 0) return 'known';
    if (after !== undefined && after.start < end) return 'overlap';
    if (before !== undefined && before.start + before.bytes.length > start) return 'overlap';
    if (isLast && after !== undefined) return 'malformed';
    packet.own();
    const own = packet.bytes.subarray(packet.transport, packet.end);
    this.#pieces.splice(index, 0, { packet, start, bytes: own });
    this.#length += own.length;
    this.cost += packet.bytes.length + fragmentCost;
    if (isLast) this.#end = end;
    return this.#length === this.#end ? 'complete' : 'kept';
  }

  /** The whole, once it is complete; undefined when it is longer than a packet can be. */
  assemble(): Packet | undefined {
    const first = this.#pieces[0]?.packet;
    const last = this.#pieces.at(-1)?.packet;
    if (first === undefined || last === undefined) return undefined;
    const header = headersEnd(first);
    if (header - first.network + this.#length > longestIpPacket) return undefined;
    const bytes = new Uint8Array(header + this.#length);
    bytes.set(first.bytes.subarray(0, header));
    for (const piece of this.#pieces) bytes.set(piece.bytes, header + piece.start);
    const at = first.network;
    if (first.version === 4) {
      write16(bytes, at + 2, bytes.length - at);
      write16(bytes, at + 6, read16(bytes, at + 6) & 0xc000);
    } else {
      write16(bytes, at + 4, bytes.length - at - 40);
      replaceNextHeader(bytes, at, header, first.bytes[header] ?? 0);
    }
    const { linkType, seconds, nanoseconds } = last;
    const whole = new Packet(
      new CaptureRecord(linkType, seconds, nanoseconds, bytes.length, bytes),
      first.wanted,
    );
    whole.ipv4?.computeChecksum();
    whole.fragments = this.fragments;
    return whole;
  }
}

/**
 * The fragments of a whole that was not changed, as they are to be written once it is finished: with its checksum in
 * the one that carries it.
 */
export function finishedFragments(whole: Packet): readonly Packet[] {
  const { fragments = [] } = whole;
  const [first] = fragments;
  const field = transportChecksumAt(whole);
  for (const fragment of fragments) {
    const { bytes, transport, end } = fragment;
    const at = transport + field - headersEnd(first ?? fragment) - placeOf(fragment).start;
    if (field >= 0 && at >= transport && at + 2 <= end) write16(bytes, at, read16(whole.bytes, field));
    fragment.finish();
  }
  return fragments;
}

/** What all fragments have in front. The fragment header of IPv6 goes: what leads to it leads to what follows it. */
function headersEnd({ fragmentHeader, transport }: Packet): number {
  return fragmentHeader < 0 ? transport : fragmentHeader;
}

function placeOf({ bytes, network, version, fragmentHeader }: Packet): { start: number; isLast: boolean } {
  const field = read16(bytes, version === 4 ? network + 6 : fragmentHeader + 2);
  return version === 4
    ? { start: (field & 0x1fff) * 8, isLast: (field & 0x2000) === 0 }
    : { start: field & 0xfff8, isLast: (field & 1) === 0 };
}

/** Writes what follows the last header before `end`, whose headers are known to be whole. */
function replaceNextHeader(bytes: Uint8Array, network: number, end: number, value: number): void {
  let field = network + 6;
  for (let at = network + 40; at < end; ) {
    const header = bytes[field] ?? 0;
    field = at;
    at += extensionLength(header, bytes[at + 1] ?? 0);
  }
  bytes[field] = value;
}
