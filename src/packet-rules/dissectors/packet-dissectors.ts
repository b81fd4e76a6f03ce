import { IPPacket } from '../objects/packets/ip-packet.ts';
import { RawPacket } from '../objects/packets/raw-packet.ts';
import type { Dissector, DissectorData } from './dissector.ts';

/** The dissector of the frame itself, below which there is nothing. */
export const rawDissector: Dissector = { name: 'raw', hooks: [], dissect: () => undefined };

/** A dissector over the raw packet. `make` returns undefined where headers are broken: the packet then passes. */
export function overRaw(name: string, make: (raw: RawPacket) => DissectorData | undefined): Dissector {
  return {
    name,
    hooks: [],
    dissect: (below) => (below instanceof RawPacket ? make(below) : undefined),
  };
}

/** A dissector over IP packets. */
export function overIP(name: string, make: (ip: IPPacket) => DissectorData | undefined): Dissector {
  return {
    name,
    hooks: [],
    dissect: (below) => (below instanceof IPPacket ? make(below) : undefined),
  };
}

/** Whether the IP header can't be dissected. A broken header of TCP is the TCP dissector's matter. */
export function hasBrokenHeader({ packet: { problem } }: RawPacket): boolean {
  return problem !== undefined && !problem.startsWith('TCP');
}
