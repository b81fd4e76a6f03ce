import { read16, read32 } from '../../net/big-endian.ts';

/** Reads a number of 32 bits in the byte order of a file. */
export type ReadField = (bytes: Uint8Array, at: number) => number;

const little: ReadField = (bytes, at) =>
  ((bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)) >>>
  0;

export function fieldReader(isLittle: boolean): ReadField {
  return isLittle ? little : read32;
}

/** A number of 16 bits. */
export function readShort(bytes: Uint8Array, at: number, isLittle: boolean): number {
  return isLittle ? (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) : read16(bytes, at);
}
