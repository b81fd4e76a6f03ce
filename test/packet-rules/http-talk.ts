import { Flag } from '../../src/packets/headers/tcp.ts';
import type { Packet } from '../../src/packets/packet.ts';
import { SERVER_PORT, type Segment, tcpOf } from '../packets/frames.ts';
import { Receiver } from '../packets/receiver.ts';

/** What is said in turns, a text for each segment: `>` in front is the client's, `<` the server's. */
export type Turns = readonly string[];

/** The packets of a conversation, from SYN to the last acknowledgement unless it is cut. */
export function said(turns: Turns, { isCut = false, clientPort = 40_000 } = {}): Segment[] {
  const next = { '>': 101, '<': 501 };
  const segments: Segment[] = [
    { clientPort, sequence: 100, flags: Flag.syn },
    {
      ...{ clientPort, isFromClient: false, sequence: 500, acknowledgement: 101 },
      ...{ flags: Flag.syn | Flag.ack, time: 1 },
    },
    { clientPort, sequence: 101, acknowledgement: 501, time: 2 },
  ];
  const add = (isFromClient: boolean, flags: number, payload: Uint8Array): void => {
    const [own, other] = isFromClient ? (['>', '<'] as const) : (['<', '>'] as const);
    segments.push({
      ...{ clientPort, isFromClient, sequence: next[own], acknowledgement: next[other] },
      ...{ flags, payload, time: segments.length },
    });
    next[own] += payload.length + ((flags & Flag.fin) === 0 ? 0 : 1);
  };
  for (const turn of turns) add(turn[0] === '>', Flag.ack | Flag.psh, Buffer.from(turn.slice(1), 'latin1'));
  if (isCut) return segments;
  add(true, Flag.fin | Flag.ack, Buffer.alloc(0));
  add(false, Flag.fin | Flag.ack, Buffer.alloc(0));
  add(true, Flag.ack, Buffer.alloc(0));
  return segments;
}

/** What each end of the connection gets of it. */
export function heard(packets: readonly Packet[]): { readonly server: string; readonly client: string } {
  const [server, client] = [new Receiver(100), new Receiver(500)];
  for (const packet of packets) {
    const tcp = tcpOf(packet);
    (tcp.destinationPort === SERVER_PORT ? server : client).take(tcp);
  }
  return {
    server: Buffer.from(server.text()).toString('latin1'),
    client: Buffer.from(client.text()).toString('latin1'),
  };
}

/** Cuts a text of one side into segments of that length. */
export function cut(side: '>' | '<', text: string, length: number): string[] {
  return Array.from(
    { length: Math.ceil(text.length / length) },
    (_, index) => side + text.slice(index * length, (index + 1) * length),
  );
}
