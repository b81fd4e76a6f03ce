import { readOptions } from '../../src/net/tcp-options.ts';
import { CaptureReader } from '../../src/packets/capture/capture-reader.ts';
import { PcapWriter } from '../../src/packets/capture/pcap-writer.ts';
import { ConnectionTable } from '../../src/packets/connections/connection-table.ts';
import { KeptConnections } from '../../src/packets/connections/kept-connections.ts';
import { Reassembly } from '../../src/packets/fragments/reassembly.ts';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { Packet } from '../../src/packets/packet.ts';
import { Conversation } from '../../src/packets/streams/conversation.ts';
import { MemoryBudget } from '../../src/packets/streams/memory-budget.ts';
import { pcap, pcapng } from './capture-files.ts';
import { frame, type Segment } from './frames.ts';
import type { Noise } from './noise.ts';

const MEMORY = 200_000;
const STREAM_MEMORY = 20_000;
const CONNECTIONS = 8;
const FRAGMENT_MEMORY = 10_000;

/** Frames of two connections with data, repeats, holes, options and both ends; and fragments. */
function frames(): Uint8Array[] {
  const text = Buffer.from('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n'.repeat(4));
  const options = Uint8Array.of(2, 4, 5, 0xb4, 3, 3, 7, 1, 4, 2, 1, 1);
  const selective = Uint8Array.of(1, 1, 5, 10, 0, 0, 0x13, 0x89, 0, 0, 0x13, 0xf0);
  const steps: readonly Segment[] = [
    { flags: Flag.syn, sequence: 1000, options },
    { isFromClient: false, flags: Flag.syn | Flag.ack, sequence: 5000, acknowledgement: 1001, options },
    { sequence: 1001, acknowledgement: 5001 },
    { sequence: 1001, acknowledgement: 5001, payload: text },
    { sequence: 1101, acknowledgement: 5001, payload: text },
    { isFromClient: false, sequence: 5101, acknowledgement: 1101, payload: text },
    { sequence: 1249, acknowledgement: 5001, options: selective },
    { isFromClient: false, sequence: 5001, acknowledgement: 1101, payload: text },
    { isFromClient: false, flags: Flag.fin | Flag.ack, sequence: 5249, acknowledgement: 1249, payload: text },
    { flags: Flag.fin | Flag.ack, sequence: 1249, acknowledgement: 5398 },
    { flags: Flag.rst, sequence: 1250 },
  ];
  const plain = [4, 6].flatMap((version) =>
    steps.map((step, index) => frame({ ...step, version: version === 4 ? 4 : 6, time: index * 100 }).bytes),
  );
  const whole = Buffer.from(frame({ payload: text, clientPort: 7 }).bytes);
  const halves = [0, 80].map((start) => {
    const part = Buffer.concat([
      whole.subarray(0, 34),
      whole.subarray(34 + start, start === 0 ? 114 : whole.length),
    ]);
    part.writeUInt16BE(part.length - 14, 16);
    part.writeUInt16BE(start === 0 ? 0x2000 : start / 8, 20);
    return part;
  });
  return [...plain, ...halves];
}

const whole = frames();

/** A spoiled capture: now the file, of whatever format, now the packets in a good file. */
export function spoiled(noise: Noise): Uint8Array {
  const files = seeds();
  if (noise.below(3) === 0) return mutate(files[noise.below(files.length)] ?? new Uint8Array(1), noise);
  const chosen = whole.flatMap((bytes) => {
    const drawn = noise.below(12);
    if (drawn === 0) return [];
    const changed = drawn < 6 ? mutate(bytes, noise) : bytes;
    return drawn === 11 ? [changed, bytes] : [changed];
  });
  for (let count = noise.below(4); count > 0; count--) {
    const moved = chosen.splice(noise.below(chosen.length + 1), 1);
    chosen.splice(noise.below(chosen.length + 1), 0, ...moved);
  }
  return pcap(
    true,
    false,
    1,
    chosen.map((bytes, index) => ({ seconds: index * noise.below(3), fraction: 0, bytes })),
  );
}

/** Captures that are right. */
export function seeds(): Uint8Array[] {
  const all = whole;
  const records = all.map((bytes, index) => ({ seconds: 100 + index, fraction: 5, bytes }));
  return [
    pcap(true, false, 1, records),
    pcap(false, true, 1, records),
    pcap(
      true,
      false,
      101,
      records.map((record) => ({ ...record, bytes: record.bytes.subarray(14) })),
    ),
    pcapng(true, [
      { kind: 'interface', linkType: 1, snapLength: 0, resolution: 9 },
      ...all.map((bytes, index) => ({
        kind: 'packet' as const,
        interface: 0,
        time: BigInt(index) << 30n,
        bytes,
      })),
      { kind: 'simple', original: 60, bytes: all[0] ?? new Uint8Array(60) },
    ]),
  ];
}

/** Some bytes changed, runs of them doubled or gone, and perhaps an early end. */
function mutate(seed: Uint8Array, noise: Noise): Uint8Array {
  let bytes: Buffer = Buffer.from(seed);
  for (let count = noise.below(5); count >= 0; count--) {
    const at = noise.below(bytes.length);
    const length = noise.below(80);
    switch (noise.below(6)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - length))]);
        break;
      case 2:
        bytes[at] = [0, 255, 127, 128][noise.below(4)] ?? 0;
        break;
      case 3:
        if (noise.below(8) === 0) bytes = bytes.subarray(0, at + 1);
        break;
      default:
        bytes[at] = noise.below(256);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

/** What went wrong with the memory of a run, or undefined. */
export type Growth = string | undefined;

/** Runs a capture that comes in chunks through all that there is, as a rule engine would, changing data on the way. */
export function processCapture(chunks: Iterable<Uint8Array>, noise: Noise): Growth {
  const budget = new MemoryBudget(MEMORY, STREAM_MEMORY);
  const table = new ConnectionTable(new KeptConnections<Conversation>(), {
    limit: CONNECTIONS,
    pickUp: noise.below(2) === 0,
    onEnded: (connection) => connection.data?.end(),
  });
  const reassembly = new Reassembly(() => undefined, { bytes: FRAGMENT_MEMORY });
  const writer = new PcapWriter(1, false);
  const reader = new CaptureReader();
  const isReadOnly = noise.below(4) === 0;
  let growth: Growth;
  const check = (): void => {
    if (table.count > CONNECTIONS) growth = `${table.count} connections`;
    if (budget.used > MEMORY || budget.used < 0) growth = `${budget.used} bytes in streams`;
    if (reassembly.cost > FRAGMENT_MEMORY || reassembly.cost < 0)
      growth = `${reassembly.cost} bytes in fragments`;
  };
  const write = (packet: Packet | undefined): boolean => {
    packet?.finish();
    if (packet !== undefined) writer.record(packet);
    return packet !== undefined;
  };
  for (const chunk of chunks) {
    reader.add(chunk);
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      const packet = reassembly.take(new Packet(record));
      const tcp = packet?.tcp;
      if (packet === undefined || tcp === undefined) continue;
      readOptions(tcp.options);
      tcp.verifyChecksum();
      const connection = table.track(packet, tcp);
      if (connection === undefined || connection.isOver) continue;
      connection.data ??= new Conversation(budget, isReadOnly);
      const isFromClient = connection.isFromClient(packet);
      connection.data.push(packet, tcp, isFromClient);
      edit(connection.data, isFromClient, noise);
      while (write(connection.data.pop(isFromClient)));
      if (noise.below(20) === 0) {
        for (const made of connection.data.reset(packet)) write(made);
        table.drop(connection);
      }
      check();
    }
  }
  reader.end();
  reassembly.end();
  table.end();
  check();
  return growth ?? (budget.used !== 0 ? `${budget.used} bytes are left in streams` : undefined);
}

function edit(conversation: Conversation, isFromClient: boolean, noise: Noise): void {
  const stream = conversation.stream(isFromClient);
  switch (noise.below(7)) {
    case 0:
      stream.advance(noise.below(20));
      stream.erase(noise.below(60));
      break;
    case 1:
      stream.read(noise.below(50));
      stream.insert(new Uint8Array(noise.below(3000)));
      break;
    case 2: {
      const mark = stream.mark(noise.below(2) === 0);
      stream.read();
      if (typeof mark !== 'string' && noise.below(2) === 0) stream.seek(mark, noise.below(2) === 0);
      break;
    }
    case 3:
      if (noise.below(4) === 0) stream.flush();
      break;
    default:
      stream.read();
  }
}
