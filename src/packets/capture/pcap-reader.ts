import type { ChunkBuffer } from './chunk-buffer.ts';
import { fieldReader, type ReadField, readShort } from './fields.ts';
import {
  beginsAnotherPcap,
  beginsAnotherPcapng,
  isLittleEndianPcap,
  MODIFIED,
  NANOSECONDS,
  swapped,
} from './file-beginning.ts';
import { type CaptureProblem, CaptureRecord, mostRecordBytes, type RecordReader } from './record.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Interface, protocol and direction stand behind the four usual numbers. */
const MODIFIED_RECORD_HEADER = 24;

/** In which order a record has its two lengths; before version 2.3 the one on the wire came first. */
type LengthOrder = 'captured first' | 'captured last' | 'either';

function lengthOrderOf(major: number, minor: number): LengthOrder {
  // 543 is what DG/UX wrote.
  if (major === 543 || (major === 2 && minor < 3)) return 'captured last';
  return major === 2 && minor === 3 ? 'either' : 'captured first';
}

/** The classic pcap format, in either byte order, with either resolution, in all versions that libpcap reads. */
export class PcapReader implements RecordReader {
  problem: CaptureProblem | undefined;
  nanosecond = false;
  isOver = false;
  #linkType = -1;
  #perSecond = 1_000_000;
  #read32: ReadField = fieldReader(true);
  #recordHeader = RECORD_HEADER;
  #lengthOrder: LengthOrder = 'captured first';
  readonly #input: ChunkBuffer;

  constructor(input: ChunkBuffer) {
    this.#input = input;
  }

  get linkTypes(): readonly number[] {
    return this.#linkType < 0 ? [] : [this.#linkType];
  }

  next(): CaptureRecord | undefined {
    if (this.problem !== undefined || this.isOver || (this.#linkType < 0 && !this.#readFileHeader()))
      return undefined;
    const input = this.#input;
    const header = this.#recordHeader;
    if (!input.has(header)) return undefined;
    if (beginsAnotherPcap(input) || beginsAnotherPcapng(input)) {
      this.isOver = true;
      return undefined;
    }
    const [captured, wire] = this.#lengths(
      this.#read32(input.bytes, input.at + 8),
      this.#read32(input.bytes, input.at + 12),
    );
    if (captured > mostRecordBytes) {
      const message = `a record claims ${captured} bytes, more than the ${mostRecordBytes} that one may hold`;
      this.problem = { message, offset: input.offset };
      return undefined;
    }
    if (!input.has(header + captured)) return undefined;
    const { bytes, at } = input;
    const fraction = this.#read32(bytes, at + 4);
    const carried = fraction < this.#perSecond ? 0 : Math.floor(fraction / this.#perSecond);
    const seconds = this.#read32(bytes, at) + carried;
    const nanoseconds = (fraction - carried * this.#perSecond) * (1_000_000_000 / this.#perSecond);
    input.at += header;
    return new CaptureRecord(
      this.#linkType,
      seconds,
      nanoseconds,
      Math.max(captured, wire),
      input.take(captured),
    );
  }

  #lengths(first: number, second: number): readonly [captured: number, wire: number] {
    const isLast =
      this.#lengthOrder === 'captured last' || (this.#lengthOrder === 'either' && first > second);
    return isLast ? [second, first] : [first, second];
  }

  #readFileHeader(): boolean {
    const input = this.#input;
    if (!input.has(FILE_HEADER)) return false;
    const magic = fieldReader(true)(input.bytes, input.at);
    const little = isLittleEndianPcap(magic);
    this.#read32 = fieldReader(little);
    const form = little ? magic : swapped(magic);
    this.nanosecond = form === NANOSECONDS;
    if (form === MODIFIED) this.#recordHeader = MODIFIED_RECORD_HEADER;
    const major = readShort(input.bytes, input.at + 4, little);
    const minor = readShort(input.bytes, input.at + 6, little);
    if (major < 2) {
      this.problem = {
        message: `this is a pcap capture of version ${major}.${minor}, which nothing reads: 2.0 is the oldest`,
        offset: 4,
      };
      return false;
    }
    this.#lengthOrder = lengthOrderOf(major, minor);
    if (this.nanosecond) this.#perSecond = 1_000_000_000;
    // The upper bits may say how long the frame check sequence is.
    this.#linkType = this.#read32(input.bytes, input.at + 20) & 0xffff;
    input.at += FILE_HEADER;
    return true;
  }
}
