import { read16, read32, write16, write32 } from '../../net/big-endian.ts';
import type { HeaderCarrier } from './layers.ts';
import { followCovered } from './transport-checksum.ts';

const HEADER = 40;

/** The IPv6 header of a packet (RFC 8200), without its extensions. Values are cut to the width of their field. */
export class IPv6 {
  readonly packet: HeaderCarrier;

  constructor(packet: HeaderCarrier) {
    this.packet = packet;
  }

  get version(): number {
    return (this.packet.bytes[this.packet.network] ?? 0) >>> 4;
  }

  get trafficClass(): number {
    return (read16(this.packet.bytes, this.packet.network) >>> 4) & 0xff;
  }

  set trafficClass(value: number) {
    const { bytes, network } = this.packet;
    write16(bytes, network, (read16(bytes, network) & 0xf00f) | ((value & 0xff) << 4));
    this.packet.changed();
  }

  get flowLabel(): number {
    return read32(this.packet.bytes, this.packet.network) & 0xf_ffff;
  }

  set flowLabel(value: number) {
    const { bytes, network } = this.packet;
    write32(bytes, network, (read32(bytes, network) & 0xfff0_0000) | (value & 0xf_ffff));
    this.packet.changed();
  }

  /** Extensions and what follows them, in bytes, as the header says. */
  get payloadLength(): number {
    return read16(this.packet.bytes, this.packet.network + 4);
  }

  set payloadLength(value: number) {
    write16(this.packet.bytes, this.packet.network + 4, value);
    this.packet.changed();
    this.packet.locate();
  }

  get nextHeader(): number {
    return this.packet.bytes[this.packet.network + 6] ?? 0;
  }

  set nextHeader(value: number) {
    this.packet.bytes[this.packet.network + 6] = value;
    this.packet.changed();
    this.packet.locate();
  }

  get hopLimit(): number {
    return this.packet.bytes[this.packet.network + 7] ?? 0;
  }

  set hopLimit(value: number) {
    this.packet.bytes[this.packet.network + 7] = value;
    this.packet.changed();
  }

  /** A view of 16 bytes. */
  get source(): Uint8Array {
    const { bytes, network } = this.packet;
    return bytes.subarray(network + 8, network + 24);
  }

  set source(value: Uint8Array) {
    this.#setAddress(8, value);
  }

  get destination(): Uint8Array {
    const { bytes, network } = this.packet;
    return bytes.subarray(network + 24, network + HEADER);
  }

  set destination(value: Uint8Array) {
    this.#setAddress(24, value);
  }

  /** A view of what follows the header and the extensions, as far as it was captured. */
  get payload(): Uint8Array {
    const { bytes, transport, end } = this.packet;
    return transport < 0 ? bytes.subarray(end, end) : bytes.subarray(transport, end);
  }

  /** Lengths follow; false when it is too long, or the extensions are broken. */
  replacePayload(bytes: Uint8Array): boolean {
    return this.packet.transport >= 0 && this.packet.replaceTail(this.packet.transport, bytes);
  }

  #setAddress(at: number, value: Uint8Array): void {
    const { packet } = this;
    const address = value.subarray(0, 16);
    followCovered(packet, packet.network + at, address);
    packet.bytes.set(address, packet.network + at);
    packet.changed();
  }

  /** For the packet itself, when its length has changed. */
  setLengthTo(total: number): void {
    write16(this.packet.bytes, this.packet.network + 4, total - HEADER);
  }
}
