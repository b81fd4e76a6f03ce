import { CaptureReader } from '../../src/packets/capture/capture-reader.ts';
import { PcapWriter, type Recorded } from '../../src/packets/capture/pcap-writer.ts';
import type { CaptureRecord } from '../../src/packets/capture/record.ts';
import type { Noise } from './noise.ts';

/** As Node gives what it has read: a Buffer that is a view of the pool, here at an odd place. */
function pooled(bytes: Uint8Array): Buffer {
  const chunk = Buffer.allocUnsafe(bytes.length + 2).subarray(1, 1 + bytes.length);
  chunk.set(bytes);
  return chunk;
}

/** A file in the chunks in which it may come: Buffers of any sizes, of one byte, as one; or plain arrays. */
export function chunksOf(file: Uint8Array, noise: Noise): Uint8Array[] {
  const kind = noise.below(4);
  if (kind === 0) return [pooled(file)];
  const most = kind === 1 ? 1 : 1 + noise.below(file.length + 1);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const size = kind === 2 ? 1 + noise.below(most) : most;
    const part = file.subarray(at, at + size);
    chunks.push(kind === 3 ? Uint8Array.from(part) : pooled(part));
    at += size;
  }
  return chunks;
}

/** All records of a file that comes in chunks. */
export function* recordsOf(chunks: Iterable<Uint8Array>): Generator<CaptureRecord> {
  const reader = new CaptureReader();
  for (const chunk of chunks) {
    reader.add(chunk);
    for (let record = reader.next(); record !== undefined; record = reader.next()) yield record;
  }
}

/** Packets as they are when they have been written to a file and are read out of it. */
export function* readBack(packets: readonly Recorded[], noise: Noise): Generator<CaptureRecord> {
  const writer = new PcapWriter(packets[0]?.linkType ?? 1, true);
  const written = packets.map((packet) => {
    const bytes = writer.record(packet);
    if (!(bytes instanceof Uint8Array)) throw new Error(bytes.message);
    return bytes;
  });
  yield* recordsOf(chunksOf(Buffer.concat([writer.header(), ...written]), noise));
}
