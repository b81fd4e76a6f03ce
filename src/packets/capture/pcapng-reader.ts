import type { ChunkBuffer } from './chunk-buffer.ts';
import { fieldReader, type ReadField, readShort } from './fields.ts';
import { BYTE_ORDER, beginsAnotherPcap, SECTION_HEADER } from './file-beginning.ts';
import { type PcapngInterface, readInterface } from './pcapng-interface.ts';
import { type CaptureProblem, CaptureRecord, mostRecordBytes, type RecordReader } from './record.ts';

/** Block types: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html, section 10.1. */
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const EPB_HEADER = 20;
/** Type and the two lengths. */
const FRAME = 12;
const mostBlockBytes = mostRecordBytes + 65_536;
const mostInterfaces = 65_536;
const noData = new Uint8Array(0);

/** The pcapng format: several sections and interfaces; blocks that hold no packet are passed over. */
export class PcapngReader implements RecordReader {
  problem: CaptureProblem | undefined;
  nanosecond = false;
  isOver = false;
  readonly #linkTypes = new Set<number>();
  readonly #input: ChunkBuffer;
  #isLittle = true;
  #read32: ReadField = fieldReader(true);
  #interfaces: PcapngInterface[] = [];
  #toSkip = 0;
  /** Also the time of a simple packet, which has none of its own. */
  readonly #time = { seconds: 0, nanoseconds: 0 };

  constructor(input: ChunkBuffer) {
    this.#input = input;
  }

  next(): CaptureRecord | undefined {
    while (this.problem === undefined && !this.isOver) {
      if (this.#toSkip > 0) {
        this.#toSkip -= this.#input.skip(this.#toSkip);
        if (this.#toSkip > 0) return undefined;
      }
      const input = this.#input;
      if (!input.has(FRAME)) return undefined;
      if (beginsAnotherPcap(input)) {
        this.isOver = true;
        return undefined;
      }
      if (this.#read32(input.bytes, input.at) === SECTION_HEADER && !this.#readByteOrder()) return undefined;
      const type = this.#read32(input.bytes, input.at);
      const length = this.#read32(input.bytes, input.at + 4);
      if (length < FRAME || length % 4 !== 0) return this.#fail(`a block claims ${length} bytes`);
      if (!isWanted(type)) {
        this.#toSkip = length;
        continue;
      }
      if (length > mostBlockBytes) return this.#fail(`a block claims ${length} bytes`);
      if (!input.has(length)) return undefined;
      if (this.#read32(input.bytes, input.at + length - 4) !== length) {
        return this.#fail('the two lengths of a block differ');
      }
      const record = this.#readBlock(type, input.bytes.subarray(input.at + 8, input.at + length - 4));
      input.at += length;
      if (record !== undefined) return record;
    }
    return undefined;
  }

  get linkTypes(): readonly number[] {
    return [...this.#linkTypes];
  }

  #fail(message: string): undefined {
    this.problem = { message, offset: this.#input.offset };
    return undefined;
  }

  /** The mark in a section header says how its numbers stand, its own length first of all. */
  #readByteOrder(): boolean {
    const { bytes, at } = this.#input;
    const isLittle = fieldReader(true)(bytes, at + 8) === BYTE_ORDER;
    if (!isLittle && fieldReader(false)(bytes, at + 8) !== BYTE_ORDER) {
      this.#fail('a section has no byte-order mark');
      return false;
    }
    this.#isLittle = isLittle;
    this.#read32 = fieldReader(isLittle);
    return true;
  }

  #readBlock(type: number, body: Uint8Array): CaptureRecord | undefined {
    switch (type) {
      case SECTION_HEADER:
        this.#interfaces = [];
        return undefined;
      case INTERFACE:
        return this.#readInterface(body);
      case SIMPLE_PACKET:
        return this.#readSimple(body);
      default:
        return this.#readPacket(type, body);
    }
  }

  #readInterface(body: Uint8Array): undefined {
    if (body.length < 8) return this.#fail('an interface description is cut short');
    if (this.#interfaces.length === mostInterfaces) return this.#fail('a section has too many interfaces');
    const described = readInterface(body, this.#isLittle, this.#read32);
    if (described.perSecond > 1_000_000) this.nanosecond = true;
    this.#interfaces.push(described);
    this.#linkTypes.add(described.linkType);
    return undefined;
  }

  #readSimple(body: Uint8Array): CaptureRecord | undefined {
    const [from] = this.#interfaces;
    if (from === undefined) return this.#fail('a packet comes before the interface that it is of');
    if (body.length < 4) return this.#fail('a packet block is cut short');
    const original = this.#read32(body, 0);
    const limit = from.snapLength === 0 ? original : from.snapLength;
    const captured = Math.min(original, limit, body.length - 4);
    return this.#record(from, original, captured === 0 ? noData : body.subarray(4, 4 + captured));
  }

  #readPacket(type: number, body: Uint8Array): CaptureRecord | undefined {
    if (body.length < EPB_HEADER) return this.#fail('a packet block is cut short');
    const index = type === ENHANCED_PACKET ? this.#read32(body, 0) : readShort(body, 0, this.#isLittle);
    const from = this.#interfaces[index];
    if (from === undefined) return this.#fail(`a packet is of interface ${index}, which is not described`);
    const captured = this.#read32(body, 12);
    if (captured > body.length - EPB_HEADER || captured > mostRecordBytes) {
      return this.#fail(`a packet of ${captured} bytes is in a block of ${body.length + FRAME}`);
    }
    from.time(this.#read32(body, 4), this.#read32(body, 8), this.#time);
    return this.#record(from, this.#read32(body, 16), body.subarray(EPB_HEADER, EPB_HEADER + captured));
  }

  #record(from: PcapngInterface, original: number, bytes: Uint8Array): CaptureRecord {
    const { seconds, nanoseconds } = this.#time;
    return new CaptureRecord(from.linkType, seconds, nanoseconds, Math.max(original, bytes.length), bytes);
  }
}

function isWanted(type: number): boolean {
  return (
    type === ENHANCED_PACKET ||
    type === SIMPLE_PACKET ||
    type === INTERFACE ||
    type === OBSOLETE_PACKET ||
    type === SECTION_HEADER
  );
}
