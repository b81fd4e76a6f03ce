import { IPv4 } from '../../../packets/headers/ipv4.ts';
import type { IPv6 } from '../../../packets/headers/ipv6.ts';
import type { Packet } from '../../../packets/packet.ts';
import type { DissectorData } from '../../dissectors/dissector.ts';
import { Payload } from './payload.ts';
import type { RawPacket } from './raw-packet.ts';

/** The payload of an IP header. */
export class IPPayload extends Payload {
  override readonly packet: Packet;

  constructor(packet: Packet) {
    super();
    this.packet = packet;
  }

  override get bytes(): Uint8Array {
    return this.packet.ip?.payload ?? new Uint8Array(0);
  }

  override set(index: number, byte: number): void {
    this.bytes[index] = byte;
    this.packet.changed();
    this.packet.locate();
  }

  override replace(bytes: Uint8Array): boolean {
    return this.packet.ip?.replacePayload(bytes) ?? false;
  }
}

/** A packet with an IP header, over the raw one. */
export abstract class IPPacket implements DissectorData {
  abstract readonly dissector: string;
  abstract readonly next: string | undefined;
  readonly isSilent = false;
  readonly raw: RawPacket;
  #payload: IPPayload | undefined;
  #isForged = false;

  constructor(raw: RawPacket) {
    this.raw = raw;
  }

  get payload(): IPPayload {
    this.#payload ??= new IPPayload(this.packet);
    return this.#payload;
  }

  get packet(): Packet {
    return this.raw.packet;
  }

  abstract get header(): IPv4 | IPv6;
  abstract get source(): Uint8Array;
  abstract get destination(): Uint8Array;

  isValid(): boolean {
    return this.raw.isValid();
  }

  drop(): void {
    this.raw.drop();
  }

  forge(): DissectorData | undefined {
    if (this.#isForged) return undefined;
    this.#isForged = true;
    if (this.isValid()) this.raw.finish();
    return this.raw;
  }
}

/** The IPv4 header of a packet, which stays readable when a rule has set another version in it. */
export function headerOf(packet: Packet): IPv4 {
  return packet.ipv4 ?? new IPv4(packet);
}
