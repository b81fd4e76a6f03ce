import { type Announced, type HeaderReading, more } from './header.ts';
import { prefix, readVersion1 } from './version-1.ts';
import { readVersion2, signature } from './version-2.ts';

/** Reads a PROXY header, version 1 or 2, from all the bytes that have come so far. */
export function readHeader(bytes: Uint8Array): HeaderReading {
  const start = bytes[0] === prefix[0] ? prefix : signature;
  for (let at = 0; at < Math.min(bytes.length, start.length); at++) {
    if (bytes[at] !== start[at]) return noHeader;
  }
  if (bytes.length < start.length) return more;
  return start === prefix ? readVersion1(bytes) : readVersion2(bytes);
}

const noHeader: HeaderReading = { kind: 'broken', reason: 'no PROXY header' };

/** What a chunk has brought; `rest` are the bytes after the header. */
export type HeaderProgress =
  | { readonly kind: 'more' }
  | { readonly kind: 'header'; readonly announced: Announced | null; readonly rest: Uint8Array }
  | { readonly kind: 'broken'; readonly reason: string };

const nothing = new Uint8Array(0);

/**
 * The reading of one header that comes in pieces. It keeps less than one header of bytes, and once it has answered
 * anything but `more` it is done.
 */
export class HeaderReader {
  #held: Uint8Array = nothing;

  take(chunk: Uint8Array): HeaderProgress {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const reading = readHeader(bytes);
    // A copy: the engine may use the memory of its chunk again.
    if (reading.kind === 'more') this.#held = bytes === chunk ? Uint8Array.from(chunk) : bytes;
    if (reading.kind !== 'header') return reading;
    return { kind: 'header', announced: reading.announced, rest: bytes.subarray(reading.length) };
  }
}
