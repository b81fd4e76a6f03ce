import type { ChunkBuffer } from './chunk-buffer.ts';
import { fieldReader, type ReadField } from './fields.ts';
import { type CaptureProblem, CaptureRecord, mostRecordBytes, type RecordReader } from './record.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** Magic numbers: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html, section 4. */
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

/** The first four bytes as a little-endian number, in all ways that they may stand. */
export function isPcap(magic: number): boolean {
  return [MICROSECONDS, NANOSECONDS, swapped(MICROSECONDS), swapped(NANOSECONDS)].includes(magic);
}

function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

/** The classic pcap format, in either byte order, with either resolution. */
export class PcapReader implements RecordReader {
  problem: CaptureProblem | undefined;
  nanosecond = false;
  #linkType = -1;
  #perSecond = 1_000_000;
  #read32: ReadField = fieldReader(true);
  readonly #input: ChunkBuffer;

  constructor(input: ChunkBuffer) {
    this.#input = input;
  }

  next(): CaptureRecord | undefined {
    if (this.problem !== undefined || (this.#linkType < 0 && !this.#readFileHeader())) return undefined;
    const input = this.#input;
    if (!input.has(RECORD_HEADER)) return undefined;
    const captured = this.#read32(input.bytes, input.at + 8);
    if (captured > mostRecordBytes) {
      const message = `a record claims ${captured} bytes, more than the ${mostRecordBytes} that one may hold`;
      this.problem = { message, offset: input.offset };
      return undefined;
    }
    if (!input.has(RECORD_HEADER + captured)) return undefined;
    const { bytes, at } = input;
    const fraction = this.#read32(bytes, at + 4);
    const carried = fraction < this.#perSecond ? 0 : Math.floor(fraction / this.#perSecond);
    const seconds = this.#read32(bytes, at) + carried;
    const nanoseconds = (fraction - carried * this.#perSecond) * (1_000_000_000 / this.#perSecond);
    const original = Math.max(captured, this.#read32(bytes, at + 12));
    input.at += RECORD_HEADER;
    return new CaptureRecord(this.#linkType, seconds, nanoseconds, original, input.take(captured));
  }

  #readFileHeader(): boolean {
    const input = this.#input;
    if (!input.has(FILE_HEADER)) return false;
    const magic = fieldReader(true)(input.bytes, input.at);
    const little = magic === MICROSECONDS || magic === NANOSECONDS;
    this.#read32 = fieldReader(little);
    this.nanosecond = (little ? magic : swapped(magic)) === NANOSECONDS;
    if (this.nanosecond) this.#perSecond = 1_000_000_000;
    // The upper bits may say how long the frame check sequence is.
    this.#linkType = this.#read32(input.bytes, input.at + 20) & 0xffff;
    input.at += FILE_HEADER;
    return true;
  }
}
