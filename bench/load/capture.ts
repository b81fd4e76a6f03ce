import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { PcapWriter } from '../../src/packets/capture/pcap-writer.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { LinkType } from '../../src/packets/encapsulation/link-layer.ts';
import { createPacket, makeIPv4, makeTcp } from '../../src/packets/headers/create.ts';
import { Flag } from '../../src/packets/headers/tcp.ts';

/** Connections that are under way at the same time. */
const AT_ONCE = 100;
const CLIENT_START = 1000;
const SERVER_START = 5000;

type Step = {
  readonly fromClient: boolean;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly payload: Uint8Array;
};

const requestBytes = 300;
const segmentBytes = 1000;
const segments = 8;

/** A head of that length, and a body behind it. */
function message(first: string, headers: string, head: number, body: number): Uint8Array {
  const length = body === 0 ? '' : `Content-Length: ${body}\r\n`;
  const begin = `${first}\r\n${headers}${length}X-Padding: `;
  return Buffer.from(`${begin.padEnd(head - 4, 'x')}\r\n\r\n${'a'.repeat(body)}`);
}

const request = message(
  'GET /index.html?id=7 HTTP/1.1',
  'Host: example.org\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n',
  requestBytes,
  0,
);
const answerHead = 250;
const answer = message(
  'HTTP/1.1 200 OK',
  'Server: bench\r\nContent-Type: text/html\r\n',
  answerHead,
  segments * segmentBytes - answerHead,
);
const nothing = new Uint8Array(0);

/** A request of HTTP, an answer of eight segments, each acknowledged, and both ends: 24 packets. */
function steps(): Step[] {
  const { syn, ack, psh, fin } = Flag;
  const list: Step[] = [];
  let client = CLIENT_START;
  let server = SERVER_START;
  const add = (fromClient: boolean, flags: number, payload: Uint8Array = nothing): void => {
    const [sequence, other] = fromClient ? [client, server] : [server, client];
    const acknowledgement = (flags & ack) === 0 ? 0 : other;
    list.push({ fromClient, flags, sequence, acknowledgement, payload });
    const taken = payload.length + ((flags & (syn | fin)) === 0 ? 0 : 1);
    if (fromClient) client += taken;
    else server += taken;
  };
  add(true, syn);
  add(false, syn | ack);
  add(true, ack);
  add(true, psh | ack, request);
  add(false, ack);
  for (let segment = 0; segment < segments; segment++) {
    add(false, psh | ack, answer.subarray(segment * segmentBytes, (segment + 1) * segmentBytes));
    add(true, ack);
  }
  add(true, fin | ack);
  add(false, fin | ack);
  add(true, ack);
  return list;
}

/** The bytes of one step, with everything right but the client, which is written over. */
function template({ fromClient, flags, sequence, acknowledgement, payload }: Step): Uint8Array {
  const packet = createPacket(LinkType.ethernet, 0, { seconds: 0, nanoseconds: 0 });
  makeIPv4(packet);
  const tcp = makeTcp(packet);
  if (packet.ipv4 === undefined || tcp === undefined) throw new Error('no packet could be made');
  Object.assign(packet.ipv4, { timeToLive: 64, source: 0xc000_0201, destination: 0xc000_0201 });
  Object.assign(tcp, { flags, sequence, acknowledgement, window: 60_000 });
  Object.assign(tcp, fromClient ? { destinationPort: 80 } : { sourcePort: 80 });
  tcp.replacePayload(payload);
  return packet.bytes;
}

const clientOffset = { source: 26, destination: 30, sourcePort: 34, destinationPort: 36 } as const;

/**
 * Writes a pcap file of whole connections, some at a time, a microsecond between two packets. Checksums are left
 * wrong, as a network card that computes them leaves them.
 *
 * @returns how many packets are in it
 */
export async function writeCapture(path: string, connections: number): Promise<number> {
  const file = createWriteStream(path);
  const writer = new PcapWriter(LinkType.ethernet, false);
  file.write(writer.header());
  const sequence = steps();
  const templates = sequence.map(template);
  let packets = 0;
  for (let first = 0; first < connections; first += AT_ONCE) {
    const batch: Uint8Array[] = [];
    for (const [index, { fromClient }] of sequence.entries()) {
      for (let client = first; client < Math.min(connections, first + AT_ONCE); client++) {
        const bytes = Buffer.from(templates[index] ?? []);
        bytes.writeUInt32BE(
          0x0a00_0000 + (client % 50_000),
          clientOffset[fromClient ? 'source' : 'destination'],
        );
        const port = 1024 + (client % 60_000);
        bytes.writeUInt16BE(port, clientOffset[fromClient ? 'sourcePort' : 'destinationPort']);
        const microseconds = packets++;
        const seconds = 1_700_000_000 + Math.floor(microseconds / 1_000_000);
        const record = new CaptureRecord(
          LinkType.ethernet,
          seconds,
          (microseconds % 1_000_000) * 1000,
          bytes.length,
          bytes,
        );
        const written = writer.record(record);
        if (written instanceof Uint8Array) batch.push(written);
      }
    }
    if (!file.write(Buffer.concat(batch))) await new Promise((resolve) => file.once('drain', resolve));
  }
  file.end();
  await finished(file);
  return packets;
}
