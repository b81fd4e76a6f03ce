import { close, write } from 'node:fs';
import { promisify } from 'node:util';
import { openNamed } from '../../files/named-file.ts';
import { streamNamed } from '../../files/named-text.ts';
import { LinkType } from '../encapsulation/link-layer.ts';
import { CaptureReader } from './capture-reader.ts';
import { PcapWriter, type Recorded } from './pcap-writer.ts';
import { PcapngWriter } from './pcapng-writer.ts';
import type { CaptureProblem, CaptureRecord } from './record.ts';
import { unzipped } from './unzipped.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * The records of a capture, a file by its path or what comes, zipped or not, in groups as they come. Ends early when `reader.problem`
 * is set. Rejects with the system's error when the file can't be read.
 */
export async function* readCapture(
  source: string | AsyncIterable<Uint8Array>,
  reader: CaptureReader,
): AsyncGenerator<CaptureRecord[]> {
  const input: AsyncIterable<Uint8Array> =
    typeof source === 'string' ? streamNamed(source, 'stream', { highWaterMark: CHUNK_BYTES }) : source;
  for await (const chunk of unzipped(input, (reason) => reader.fail(reason))) {
    reader.add(chunk);
    const records: CaptureRecord[] = [];
    for (let record = reader.next(); record !== undefined; record = reader.next()) records.push(record);
    if (records.length > 0) yield records;
    if (reader.problem !== undefined) return;
  }
  reader.end();
}

/** Whether a capture holds packets of several link types, which shows at its end only. It is read once more for it. */
export async function isMixedCapture(path: string): Promise<boolean> {
  const reader = new CaptureReader();
  for await (const records of readCapture(path, reader)) {
    if (records.length > 0 && reader.linkTypes.length > 1) return true;
  }
  return reader.linkTypes.length > 1;
}

/**
 * Writes a pcap file, whose link type is that of the first packet; or a pcapng file, where there may be several. Rejects
 * with the system's errors.
 */
export class CaptureFile {
  readonly #descriptor: number;
  readonly #nanosecond: boolean;
  readonly #isMixed: boolean;
  #writer: PcapWriter | PcapngWriter | undefined;
  #waiting: Uint8Array[] = [];
  #waitingLength = 0;
  #flushing: Promise<void> | undefined;

  private constructor(descriptor: number, nanosecond: boolean, isMixed: boolean) {
    this.#descriptor = descriptor;
    this.#nanosecond = nanosecond;
    this.#isMixed = isMixed;
  }

  /** What the file held before is lost. @param isMixed whether packets may be of several link types */
  static create(path: string, nanosecond: boolean, isMixed = false): CaptureFile {
    return new CaptureFile(openNamed(path, 'overwrite'), nanosecond, isMixed);
  }

  /** The packet may be changed as soon as this is called; a promise is given when it is time to wait. */
  write(record: Recorded): CaptureProblem | Promise<void> | undefined {
    this.#writer ??= this.#begin(record.linkType);
    const bytes = this.#writer.record(record);
    if (!(bytes instanceof Uint8Array)) return bytes;
    this.#put(bytes);
    return this.#waitingLength < CHUNK_BYTES ? undefined : this.flush();
  }

  /** Writes what waits. One at a time: whoever wants another meanwhile waits for the same, which takes all along. */
  flush(): Promise<void> {
    this.#flushing ??= this.#drain().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** Writes what is left. A file without packets says Ethernet. */
  async close(): Promise<void> {
    this.#writer ??= this.#begin(LinkType.ethernet);
    try {
      await this.flush();
    } finally {
      await promisify(close)(this.#descriptor);
    }
  }

  #begin(linkType: number): PcapWriter | PcapngWriter {
    const writer = this.#isMixed
      ? new PcapngWriter(this.#nanosecond)
      : new PcapWriter(linkType, this.#nanosecond);
    this.#put(writer.header());
    return writer;
  }

  #put(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingLength += bytes.length;
  }

  async #drain(): Promise<void> {
    while (this.#waitingLength > 0) {
      const bytes = Buffer.concat(this.#waiting, this.#waitingLength);
      this.#waiting = [];
      this.#waitingLength = 0;
      for (let at = 0; at < bytes.length; )
        at += (await promisify(write)(this.#descriptor, bytes, at)).bytesWritten;
    }
  }
}
