import type { ChunkBuffer } from './chunk-buffer.ts';
import { fieldReader, readShort } from './fields.ts';

/** Magic numbers: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html, section 4. */
export const MICROSECONDS = 0xa1b2c3d4;
export const NANOSECONDS = 0xa1b23c4d;
/** What the modified libpcap of some Linux distributions of about 2000 wrote. */
export const MODIFIED = 0xa1b2cd34;
const magics: readonly number[] = [MICROSECONDS, NANOSECONDS, MODIFIED];

/** Of a pcapng section: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html, section 4.1. */
export const SECTION_HEADER = 0x0a0d0d0a;
export const BYTE_ORDER = 0x1a2b3c4d;

const read32 = fieldReader(true);
/** What a beginning can be told by. */
const tellingBytes = 16;
/** The first bytes of all magic numbers, in either byte order. */
const firstBytes: ReadonlySet<number> = new Set([0xa1, 0xd4, 0x4d, 0x34, 0x0a]);

/** Whether a little-endian number is a magic number of pcap as it stands. */
export function isLittleEndianPcap(magic: number): boolean {
  return magics.includes(magic);
}

/** The first four bytes as a little-endian number, in all ways that they may stand. */
export function isPcap(magic: number): boolean {
  return magics.includes(magic) || magics.includes(swapped(magic));
}

export function isPcapng(magic: number): boolean {
  return magic === SECTION_HEADER;
}

export function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

/**
 * Whether another capture begins where a record should: two files were joined. A record that looks like that would be
 * of the year 2055 or later, with lengths that none has.
 */
export function beginsAnotherPcap({ bytes, at }: ChunkBuffer): boolean {
  if (!firstBytes.has(bytes[at] ?? 0) || bytes.length - at < tellingBytes) return false;
  const magic = read32(bytes, at);
  if (!isPcap(magic)) return false;
  const little = isLittleEndianPcap(magic);
  const isUsual = readShort(bytes, at + 4, little) === 2 && readShort(bytes, at + 6, little) === 4;
  return isUsual && read32(bytes, at + 8) === 0 && read32(bytes, at + 12) === 0;
}

/** Likewise for a pcapng file. */
export function beginsAnotherPcapng({ bytes, at }: ChunkBuffer): boolean {
  if (bytes[at] !== 0x0a || bytes.length - at < tellingBytes || !isPcapng(read32(bytes, at))) return false;
  const mark = read32(bytes, at + 8);
  return mark === BYTE_ORDER || swapped(mark) === BYTE_ORDER;
}
