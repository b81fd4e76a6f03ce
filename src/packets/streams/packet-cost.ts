import type { Packet } from '../packet.ts';

/** What a packet takes beside its bytes: measured, and rounded up. */
const packetCost = 768;

/** Bytes of memory of a packet that is held. */
export function costOfPacket(packet: Packet | undefined): number {
  return packet === undefined ? 0 : packetCost + packet.bytes.length;
}
