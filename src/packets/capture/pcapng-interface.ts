import { type ReadField, readShort } from './fields.ts';

const OPTION_END = 0;
const OPTION_RESOLUTION = 9;
const OPTION_OFFSET = 14;

/** An interface that a section describes; times are 64-bit counts of its own unit. */
export class PcapngInterface {
  readonly linkType: number;
  /** Most bytes of a packet that are recorded; 0 is no limit. */
  readonly snapLength: number;
  /** Units of time in a second. */
  readonly perSecond: number;
  readonly #exactPerSecond: bigint;
  readonly #offsetSeconds: number;
  /** The time that the upper word alone stands for: it changes every 4 s at most, and needs 64-bit arithmetic. */
  #upper = -1;
  #upperSeconds = 0;
  #upperFraction = 0;

  constructor(linkType: number, snapLength: number, resolution: number, offsetSeconds: number) {
    this.linkType = linkType;
    this.snapLength = snapLength;
    this.#exactPerSecond =
      (resolution & 0x80) === 0 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution & 0x7f);
    this.perSecond = Number(this.#exactPerSecond);
    this.#offsetSeconds = offsetSeconds;
  }

  /** Seconds and nanoseconds of a time; the same array each time. */
  time(upper: number, lower: number, into: { seconds: number; nanoseconds: number }): void {
    if (upper !== this.#upper) {
      const ticks = BigInt(upper) << 32n;
      this.#upper = upper;
      this.#upperSeconds = Number(ticks / this.#exactPerSecond) + this.#offsetSeconds;
      this.#upperFraction = Number(ticks % this.#exactPerSecond);
    }
    const ticks = this.#upperFraction + lower;
    const whole = Math.floor(ticks / this.perSecond);
    const rest = (ticks - whole * this.perSecond) * (1_000_000_000 / this.perSecond);
    into.seconds = this.#upperSeconds + whole;
    into.nanoseconds = Math.min(Math.floor(rest), 999_999_999);
  }
}

/** The body of an interface description block: everything between its two lengths, 8 bytes at least. */
export function readInterface(body: Uint8Array, isLittle: boolean, read32: ReadField): PcapngInterface {
  let resolution = 6;
  let offsetSeconds = 0;
  for (let at = 8; at + 4 <= body.length; ) {
    const code = readShort(body, at, isLittle);
    const length = readShort(body, at + 2, isLittle);
    at += 4;
    if (code === OPTION_END || at + length > body.length) break;
    if (code === OPTION_RESOLUTION && length >= 1) resolution = body[at] ?? 6;
    if (code === OPTION_OFFSET && length >= 8) {
      const [first, second] = [read32(body, at), read32(body, at + 4)];
      const [upper, lower] = isLittle ? [second, first] : [first, second];
      offsetSeconds = (upper | 0) * 2 ** 32 + lower;
    }
    at += length + (-length & 3);
  }
  return new PcapngInterface(readShort(body, 0, isLittle), read32(body, 4), resolution, offsetSeconds);
}
