import { longestIpPacket } from '../headers/layers.ts';
import { Flag } from '../headers/tcp.ts';
import type { Packet } from '../packet.ts';

/** The longest IP packet that is made out of a changed one, unless that one was longer itself. */
export const longestPacket = 1500;
/** What every network takes in one segment (RFC 9293, 3.7.1): headers that leave less room do not count. */
const leastPayload = 536;

/**
 * Gives a packet another payload and sequence number; what does not fit goes into further packets with the
 * same headers. FIN and PSH stay with the last, SYN, CWR and URG with the first.
 */
export function carry(packet: Packet, sequence: number, payload: Uint8Array): Packet[] {
  const { tcp } = packet;
  if (tcp === undefined) return [];
  const headers = packet.end - packet.network - tcp.payload.length;
  const wanted = Math.max(longestPacket, packet.end - packet.network, headers + leastPayload);
  const most = Math.min(longestIpPacket, wanted) - headers;
  // Its headers fill it: there is nothing sensible to be made of it.
  if (most < leastPayload && payload.length > most) return [];
  tcp.sequence = sequence;
  if (payload.length <= most) {
    tcp.replacePayload(payload);
    return [packet];
  }
  const identification = packet.ipv4?.identification;
  const { flags } = tcp;
  const carriers = Array.from({ length: Math.ceil(payload.length / most) - 1 }, () => packet.clone());
  return [packet, ...carriers].map((carrier, index) => {
    const part = carrier.tcp;
    if (part === undefined) return carrier;
    part.replacePayload(payload.subarray(index * most, (index + 1) * most));
    part.sequence = sequence + index * most + (index > 0 && (flags & Flag.syn) !== 0 ? 1 : 0);
    if (index > 0) part.flags &= ~(Flag.syn | Flag.cwr | Flag.urg);
    if (index < carriers.length) part.flags &= ~(Flag.fin | Flag.psh);
    if (carrier.ipv4 !== undefined && identification !== undefined)
      carrier.ipv4.identification = identification + index;
    return carrier;
  });
}
