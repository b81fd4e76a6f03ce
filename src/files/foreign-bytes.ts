import { compressedBy } from './compressed.ts';

/** Why a file is no text in UTF-8, and the command that writes one when the name of the file follows. */
export type ForeignBytes = {
  readonly what: string;
  readonly remedy: string | undefined;
};

/** Bytes that are looked at: what a file is shows at its beginning. */
const mostSampled = 4096;

/**
 * What bytes are where none of their lines makes sense as text: compressed, in another width than UTF-8, or no text at
 * all. Of UTF-16 and UTF-32 the byte-order mark tells, or the zeros of characters of ASCII. Undefined: they are text, or
 * near enough to it that each mistake has its line.
 */
export function foreignBytes(bytes: Uint8Array): ForeignBytes | undefined {
  const compressed = compressedBy(bytes);
  if (compressed !== undefined) return compressed;
  const sample = bytes.subarray(0, mostSampled);
  const wide = wideEncoding(sample);
  if (wide !== undefined)
    return {
      what: `in ${wide.replace(/(?:le|be)$/, '').toUpperCase()}`,
      remedy: `iconv -f ${wide} -t utf-8`,
    };
  const controls = sample.reduce((count, byte) => count + (isControl(byte) ? 1 : 0), 0);
  return controls * 10 > sample.length ? { what: 'no text at all', remedy: undefined } : undefined;
}

function wideEncoding(sample: Uint8Array): string | undefined {
  const [first, second, third, fourth] = sample;
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? 'utf-32le' : 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return 'utf-32be';
  if (zerosAt(sample, 4, [1, 2, 3])) return 'utf-32le';
  if (zerosAt(sample, 4, [0, 1, 2])) return 'utf-32be';
  if (zerosAt(sample, 2, [1])) return 'utf-16le';
  return zerosAt(sample, 2, [0]) ? 'utf-16be' : undefined;
}

/** Whether of most units of so many bytes those at `places` are zero, and no others. */
function zerosAt(sample: Uint8Array, unit: number, places: readonly number[]): boolean {
  const units = Math.floor(sample.length / unit);
  let like = 0;
  for (let at = 0; at < units * unit; at += unit) {
    const bytes = sample.subarray(at, at + unit);
    if (bytes.every((byte, index) => (byte === 0) === places.includes(index))) like += 1;
  }
  return units > 1 && like * 2 > units;
}

/** A control character that no text has: neither a blank nor what a terminal is told with. */
function isControl(byte: number): boolean {
  const isBlank = byte >= 0x08 && byte <= 0x0d;
  return byte < 0x20 && !isBlank && byte !== 0x1b;
}
