import { read16, read32, write16 } from '../../net/big-endian.ts';
import { checksumOf, foldSum, updateChecksum } from '../../net/checksum.ts';
import { type HeaderCarrier, TCP } from './layers.ts';
import { sumTransport } from './transport-checksum.ts';

/** Bits of the flags byte (RFC 9293, 3.1; RFC 3168). */
export const Flag = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ece: 64,
  cwr: 128,
} as const;

const CHECKSUM = 16;

/** The TCP header of a packet, and its payload. Values are cut to the width of their field. */
export class Tcp {
  readonly packet: HeaderCarrier;

  constructor(packet: HeaderCarrier) {
    this.packet = packet;
  }

  get sourcePort(): number {
    return this.#short(0);
  }

  set sourcePort(value: number) {
    this.#setShort(0, value);
  }

  get destinationPort(): number {
    return this.#short(2);
  }

  set destinationPort(value: number) {
    this.#setShort(2, value);
  }

  get sequence(): number {
    return read32(this.packet.bytes, this.packet.transport + 4);
  }

  set sequence(value: number) {
    this.#setShort(4, value >>> 16);
    this.#setShort(6, value);
  }

  get acknowledgement(): number {
    return read32(this.packet.bytes, this.packet.transport + 8);
  }

  set acknowledgement(value: number) {
    this.#setShort(8, value >>> 16);
    this.#setShort(10, value);
  }

  /** In bytes. Less of it turns options into payload. */
  get headerLength(): number {
    return (this.#byte(12) >>> 4) * 4;
  }

  set headerLength(value: number) {
    this.#setByte(12, ((value >>> 2) << 4) | (this.#byte(12) & 15));
  }

  /** Four bits. */
  get reserved(): number {
    return this.#byte(12) & 15;
  }

  set reserved(value: number) {
    this.#setByte(12, (this.#byte(12) & 0xf0) | (value & 15));
  }

  get flags(): number {
    return this.#byte(13);
  }

  set flags(value: number) {
    this.#setByte(13, value);
  }

  /** Whether all flags of a mask are set. */
  has(mask: number): boolean {
    return (this.#byte(13) & mask) === mask;
  }

  setFlag(mask: number, on: boolean): void {
    this.#setByte(13, on ? this.#byte(13) | mask : this.#byte(13) & ~mask);
  }

  get window(): number {
    return this.#short(14);
  }

  set window(value: number) {
    this.#setShort(14, value);
  }

  get checksum(): number {
    return this.#short(CHECKSUM);
  }

  /** As the others it is computed when the packet is finished. */
  set checksum(value: number) {
    this.#setShort(CHECKSUM, value);
  }

  get urgentPointer(): number {
    return this.#short(18);
  }

  set urgentPointer(value: number) {
    this.#setShort(18, value);
  }

  /** A view. */
  get options(): Uint8Array {
    const { bytes, transport } = this.packet;
    return bytes.subarray(Math.min(transport + 20, this.#payloadAt), this.#payloadAt);
  }

  /** Writes over option bytes from `at`. */
  replaceOption(at: number, bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) this.#setByte(20 + at + index, bytes[index] ?? 0);
  }

  /** A view of what was captured of it. */
  get payload(): Uint8Array {
    return this.packet.bytes.subarray(this.#payloadAt, this.packet.end);
  }

  /** What the headers say: more than `payload` where the capture has not kept all. */
  get payloadLength(): number {
    const { transport, end, missing } = this.packet;
    return Math.max(0, end + missing - transport - this.headerLength);
  }

  /** Sequence numbers that it takes: its payload, a SYN and a FIN. */
  get sequenceLength(): number {
    const flags = this.#byte(13);
    return this.payloadLength + ((flags >>> 1) & 1) + (flags & 1);
  }

  /** Lengths follow; false when it is too long. */
  replacePayload(bytes: Uint8Array): boolean {
    this.packet.changed();
    return this.packet.replaceTail(this.#payloadAt, bytes);
  }

  /**
   * Whether the checksum is right. A capture taken where the network card computes checksums has wrong ones in what
   * its machine sent. Undefined when the segment was not captured whole.
   */
  verifyChecksum(): boolean | undefined {
    return this.packet.missing > 0 ? undefined : foldSum(this.#sum()) === 0xffff;
  }

  /** What was not captured can't be summed: there the checksum follows each field as it is written. */
  computeChecksum(): void {
    const { bytes, transport, missing } = this.packet;
    if (missing > 0) return;
    write16(bytes, transport + CHECKSUM, 0);
    write16(bytes, transport + CHECKSUM, checksumOf(this.#sum()));
  }

  #sum(): number {
    const { transport, end } = this.packet;
    return sumTransport(this.packet, TCP, end - transport);
  }

  get #payloadAt(): number {
    const { transport, end } = this.packet;
    return Math.min(transport + this.headerLength, end);
  }

  #byte(at: number): number {
    return this.packet.bytes[this.packet.transport + at] ?? 0;
  }

  #setByte(at: number, value: number): void {
    const word = this.#short(at & ~1);
    this.#setShort(at & ~1, (at & 1) === 0 ? (value << 8) | (word & 0xff) : (word & 0xff00) | (value & 0xff));
  }

  #short(at: number): number {
    return read16(this.packet.bytes, this.packet.transport + at);
  }

  #setShort(at: number, value: number): void {
    const { bytes, transport, missing } = this.packet;
    if (missing > 0 && at !== CHECKSUM) {
      write16(bytes, transport + CHECKSUM, updateChecksum(this.checksum, this.#short(at), value & 0xffff));
    }
    write16(bytes, transport + at, value);
    this.packet.changed();
  }
}
