import { read16, read32, write16, write32 } from '../../net/big-endian.ts';
import { checksumOf, foldSum, sumWords } from '../../net/checksum.ts';
import type { HeaderCarrier } from './layers.ts';
import { followCovered } from './transport-checksum.ts';

const CHECKSUM = 10;

function isRight(bytes: Uint8Array, at: number, length: number): boolean {
  return foldSum(sumWords(bytes, at, at + length)) === 0xffff;
}

function compute(bytes: Uint8Array, at: number, length: number): void {
  write16(bytes, at + CHECKSUM, 0);
  write16(bytes, at + CHECKSUM, checksumOf(sumWords(bytes, at, at + length)));
}

/** Makes the checksum of the IPv4 header at `network` right, if there is one and all of it. */
export function mendIPv4Checksum(bytes: Uint8Array, network: number, version: number): void {
  if (version !== 4) return;
  const length = ((bytes[network] ?? 0) & 15) * 4;
  if (length < 20 || network + length > bytes.length || isRight(bytes, network, length)) return;
  compute(bytes, network, length);
}

/** The IPv4 header of a packet (RFC 791). Values are cut to the width of their field. */
export class IPv4 {
  readonly packet: HeaderCarrier;

  constructor(packet: HeaderCarrier) {
    this.packet = packet;
  }

  get version(): number {
    return this.#byte(0) >>> 4;
  }

  set version(value: number) {
    this.#setByte(0, (value << 4) | (this.#byte(0) & 15));
    this.packet.locate();
  }

  /** In bytes. */
  get headerLength(): number {
    return (this.#byte(0) & 15) * 4;
  }

  set headerLength(value: number) {
    this.#setByte(0, (this.#byte(0) & 0xf0) | ((value >>> 2) & 15));
    this.packet.locate();
  }

  get typeOfService(): number {
    return this.#byte(1);
  }

  set typeOfService(value: number) {
    this.#setByte(1, value);
  }

  /** Header and payload in bytes, as the header says. */
  get totalLength(): number {
    return this.#short(2);
  }

  set totalLength(value: number) {
    this.#setShort(2, value);
    this.packet.locate();
  }

  get identification(): number {
    return this.#short(4);
  }

  set identification(value: number) {
    this.#setShort(4, value);
  }

  /** Three bits: reserved 4, don't fragment 2, more fragments 1. */
  get flags(): number {
    return this.#byte(6) >>> 5;
  }

  set flags(value: number) {
    this.#setByte(6, (value << 5) | (this.#byte(6) & 31));
    this.packet.locate();
  }

  /** In bytes, a multiple of 8. */
  get fragmentOffset(): number {
    return (this.#short(6) & 0x1fff) * 8;
  }

  set fragmentOffset(value: number) {
    this.#setShort(6, (this.#short(6) & 0xe000) | ((value >>> 3) & 0x1fff));
    this.packet.locate();
  }

  get timeToLive(): number {
    return this.#byte(8);
  }

  set timeToLive(value: number) {
    this.#setByte(8, value);
  }

  get protocol(): number {
    return this.#byte(9);
  }

  set protocol(value: number) {
    this.#setByte(9, value);
    this.packet.locate();
  }

  get checksum(): number {
    return this.#short(CHECKSUM);
  }

  /** As the others it is computed when the packet is finished. */
  set checksum(value: number) {
    this.#setShort(CHECKSUM, value);
  }

  /** 32 bits. */
  get source(): number {
    return read32(this.packet.bytes, this.packet.network + 12);
  }

  set source(value: number) {
    this.#setAddress(12, value);
  }

  get destination(): number {
    return read32(this.packet.bytes, this.packet.network + 16);
  }

  set destination(value: number) {
    this.#setAddress(16, value);
  }

  /** A view of what follows the header, as far as it was captured. */
  get payload(): Uint8Array {
    const { bytes, network, end } = this.packet;
    return bytes.subarray(Math.min(network + this.headerLength, end), end);
  }

  /** Lengths follow; false when it is too long. */
  replacePayload(bytes: Uint8Array): boolean {
    return this.packet.replaceTail(this.packet.network + this.headerLength, bytes);
  }

  verifyChecksum(): boolean {
    const { bytes, network } = this.packet;
    return isRight(bytes, network, this.headerLength);
  }

  computeChecksum(): void {
    const { bytes, network } = this.packet;
    compute(bytes, network, this.headerLength);
  }

  /** For the packet itself, when its length has changed. */
  setLengthTo(total: number): void {
    write16(this.packet.bytes, this.packet.network + 2, total);
  }

  #setAddress(at: number, value: number): void {
    const { packet } = this;
    const address = new Uint8Array(4);
    write32(address, 0, value);
    followCovered(packet, packet.network + at, address);
    packet.bytes.set(address, packet.network + at);
    packet.changed();
  }

  #byte(at: number): number {
    return this.packet.bytes[this.packet.network + at] ?? 0;
  }

  #setByte(at: number, value: number): void {
    this.packet.bytes[this.packet.network + at] = value;
    this.packet.changed();
  }

  #short(at: number): number {
    return read16(this.packet.bytes, this.packet.network + at);
  }

  #setShort(at: number, value: number): void {
    write16(this.packet.bytes, this.packet.network + at, value);
    this.packet.changed();
  }
}
