import { IPPacket } from '../objects/packets/ip-packet.ts';
import { RawPacket } from '../objects/packets/raw-packet.ts';
import type { Dissector, DissectorData } from './dissector.ts';

/** The frame itself: nothing stands below it. */
export const rawDissector: Dissector = { name: 'raw', hooks: [], dissect: () => undefined };

/** One that needs no more than its packet. `make` gives undefined where the headers are broken: the packet passes. */
export function overRaw(name: string, make: (raw: RawPacket) => DissectorData | undefined): Dissector {
  return {
    name,
    hooks: [],
    dissect: (below) => (below instanceof RawPacket ? make(below) : undefined),
  };
}

export function overIP(name: string, make: (ip: IPPacket) => DissectorData | undefined): Dissector {
  return {
    name,
    hooks: [],
    dissect: (below) => (below instanceof IPPacket ? make(below) : undefined),
  };
}

/** A header that is broken is not dissected: the packet passes. One of TCP is for the dissector of TCP. */
export function hasBrokenHeader({ packet: { problem } }: RawPacket): boolean {
  return problem !== undefined && !problem.startsWith('TCP');
}
