import type { Packet } from '../packet.ts';

/** What a packet takes beside its bytes: measured, and rounded up. */
const PACKET_COST = 768;

/** Bytes of memory of a packet that is held. */
export const costOfPacket = (packet: Packet | undefined): number =>
  packet === undefined ? 0 : PACKET_COST + packet.bytes.length;
