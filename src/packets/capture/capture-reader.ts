import { ChunkBuffer } from './chunk-buffer.ts';
import { fieldReader } from './fields.ts';
import { isPcap, isPcapng } from './file-beginning.ts';
import { describeOtherFormat } from './other-formats.ts';
import { PcapReader } from './pcap-reader.ts';
import { PcapngReader } from './pcapng-reader.ts';
import type { CaptureProblem, CaptureRecord, RecordReader } from './record.ts';

/**
 * Reads a pcap or pcapng capture, or several that were joined, in chunks of any size. Memory: one record and the chunks that
 * were added and not yet read. After `add`, call `next` until it gives undefined.
 */
export class CaptureReader {
  readonly #input = new ChunkBuffer();
  #format: RecordReader | undefined;
  #problem: CaptureProblem | undefined;
  /** What was known of files that are read. */
  #nanosecond = false;
  #linkTypes: readonly number[] = [];

  /** Why nothing more can be read: damage, an unknown format, or an end in the middle. */
  get problem(): CaptureProblem | undefined {
    return this.#problem ?? this.#format?.problem;
  }

  /** Whether the capture has times finer than a microsecond, as far as it was read. */
  get nanosecond(): boolean {
    return this.#nanosecond || this.#format?.nanosecond === true;
  }

  /** The link types of the capture, as far as they are known. */
  get linkTypes(): readonly number[] {
    return [...new Set([...this.#linkTypes, ...(this.#format?.linkTypes ?? [])])];
  }

  /** The chunk becomes the reader's: records are views of it. */
  add(chunk: Uint8Array): void {
    if (this.problem !== undefined) return;
    // No Buffer, of which `slice` is a view: who takes a copy of a record's bytes must get one.
    this.#input.add(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  /** The next record; undefined when more bytes are needed or there is a problem. */
  next(): CaptureRecord | undefined {
    if (this.#problem !== undefined) return undefined;
    this.#format ??= this.#recognise();
    const record = this.#format?.next();
    if (record !== undefined || this.#format?.isOver !== true) return record;
    this.#nanosecond = this.nanosecond;
    this.#linkTypes = this.linkTypes;
    this.#format = undefined;
    return this.next();
  }

  /** Says that no more can be had, and why; what was read before it stands. */
  fail(message: string): void {
    if (this.problem === undefined) this.#problem = { message, offset: this.#input.offset };
  }

  /** Says that no more will come: an end inside a record is a problem, and what stands before it was read. */
  end(): void {
    if (this.problem !== undefined || (this.#format !== undefined && this.#input.length === 0)) return;
    const message =
      this.#format !== undefined
        ? 'the capture ends in the middle of a record'
        : this.#input.length === 0
          ? 'the capture is empty'
          : describeOtherFormat(this.#input.bytes);
    this.#problem = { message, offset: this.#input.offset };
  }

  #recognise(): RecordReader | undefined {
    const input = this.#input;
    if (!input.has(4)) return undefined;
    const magic = fieldReader(true)(input.bytes, input.at);
    if (isPcap(magic)) return new PcapReader(input);
    if (isPcapng(magic)) return new PcapngReader(input);
    this.#problem = { message: describeOtherFormat(input.bytes.subarray(input.at)), offset: 0 };
    return undefined;
  }
}

/** Whether a file that begins so is a capture. */
export function beginsCapture(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = fieldReader(true)(bytes, 0);
  return isPcap(magic) || isPcapng(magic);
}
