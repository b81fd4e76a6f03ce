import type { CaptureProblem, CaptureRecord } from './record.ts';

export const snapLength = 262_144;

/** What a record of an output capture needs; a packet has it too. */
export type Recorded = Pick<
  CaptureRecord,
  'linkType' | 'seconds' | 'nanoseconds' | 'originalLength' | 'bytes'
>;

/** A classic pcap capture, little-endian, of one link type. Bytes out; who writes them is another matter. */
export class PcapWriter {
  readonly linkType: number;
  readonly #nanosecond: boolean;
  #offset = 24;

  constructor(linkType: number, nanosecond: boolean) {
    this.linkType = linkType;
    this.#nanosecond = nanosecond;
  }

  /** The file header, which goes first. */
  header(): Uint8Array {
    const header = new Uint8Array(24);
    const view = new DataView(header.buffer);
    view.setUint32(0, this.#nanosecond ? 0xa1b23c4d : 0xa1b2c3d4, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, snapLength, true);
    view.setUint32(20, this.linkType, true);
    return header;
  }

  /** One record, or why it can't stand in this file. */
  record(record: Recorded): Uint8Array | CaptureProblem {
    const { linkType, seconds, nanoseconds, originalLength, bytes } = record;
    if (linkType !== this.linkType) {
      const message = `a packet of link type ${linkType} can't stand in a pcap file of link type ${this.linkType}`;
      return { message, offset: this.#offset };
    }
    const written = new Uint8Array(16 + bytes.length);
    const view = new DataView(written.buffer);
    view.setUint32(0, seconds, true);
    view.setUint32(4, this.#nanosecond ? nanoseconds : Math.floor(nanoseconds / 1000), true);
    view.setUint32(8, bytes.length, true);
    view.setUint32(12, Math.max(originalLength, bytes.length), true);
    written.set(bytes, 16);
    this.#offset += written.length;
    return written;
  }
}
