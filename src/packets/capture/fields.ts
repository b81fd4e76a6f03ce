/** Reads a number of 32 bits in the byte order of a file. */
export type ReadField = (bytes: Uint8Array, at: number) => number;

const little: ReadField = (bytes, at) =>
  ((bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)) >>>
  0;

const big: ReadField = (bytes, at) =>
  (((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>>
  0;

export function fieldReader(isLittle: boolean): ReadField {
  return isLittle ? little : big;
}

/** A number of 16 bits. */
export function readShort(bytes: Uint8Array, at: number, isLittle: boolean): number {
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  return isLittle ? first | (second << 8) : (first << 8) | second;
}
