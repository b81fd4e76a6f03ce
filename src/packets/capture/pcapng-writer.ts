import { BYTE_ORDER, SECTION_HEADER } from './file-beginning.ts';
import { type Recorded, snapLength } from './pcap-writer.ts';

const INTERFACE = 1;
const ENHANCED_PACKET = 6;
const RESOLUTION = 9;
/** Type, the length at both ends. */
const FRAME = 12;
const perSecond = { micro: 1_000_000n, nano: 1_000_000_000n } as const;

/**
 * A pcapng capture, little-endian, which may hold several link types, each as an interface of its own. Bytes out; who
 * writes them is another matter.
 */
export class PcapngWriter {
  readonly #nanosecond: boolean;
  readonly #interfaces: number[] = [];

  constructor(nanosecond: boolean) {
    this.#nanosecond = nanosecond;
  }

  /** The section header, which goes first. */
  header(): Uint8Array {
    return block(SECTION_HEADER, 16, (view) => {
      view.setUint32(0, BYTE_ORDER, true);
      view.setUint16(4, 1, true);
      // The length of the section is not known.
      view.setBigInt64(8, -1n, true);
    });
  }

  /** One packet, with its interface before it if that is the first one of its link type. */
  record(record: Recorded): Uint8Array {
    const { linkType, seconds, nanoseconds, originalLength, bytes } = record;
    const index = this.#interfaces.indexOf(linkType);
    if (index < 0) {
      this.#interfaces.push(linkType);
      return Buffer.concat([this.#interface(linkType), this.record(record)]);
    }
    const [units, fraction] = this.#nanosecond
      ? [perSecond.nano, nanoseconds]
      : [perSecond.micro, Math.floor(nanoseconds / 1000)];
    const time = BigInt(seconds) * units + BigInt(fraction);
    return block(ENHANCED_PACKET, 20 + bytes.length, (view, body) => {
      view.setUint32(0, index, true);
      view.setUint32(4, Number(time >> 32n), true);
      view.setUint32(8, Number(time & 0xffff_ffffn), true);
      view.setUint32(12, bytes.length, true);
      view.setUint32(16, Math.max(originalLength, bytes.length), true);
      body.set(bytes, 20);
    });
  }

  #interface(linkType: number): Uint8Array {
    return block(INTERFACE, this.#nanosecond ? 20 : 8, (view) => {
      view.setUint16(0, linkType, true);
      view.setUint32(4, snapLength, true);
      if (!this.#nanosecond) return;
      view.setUint16(8, RESOLUTION, true);
      view.setUint16(10, 1, true);
      view.setUint8(12, 9);
    });
  }
}

/** A block whose body has that many bytes, and zeros up to a multiple of four. */
function block(type: number, length: number, fill: (view: DataView, body: Uint8Array) => void): Uint8Array {
  const whole = FRAME + Math.ceil(length / 4) * 4;
  const written = new Uint8Array(whole);
  const view = new DataView(written.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, whole, true);
  fill(new DataView(written.buffer, 8, whole - FRAME), written.subarray(8, whole - 4));
  view.setUint32(whole - 4, whole, true);
  return written;
}
