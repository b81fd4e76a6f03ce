import {
  closeSync,
  createReadStream,
  fchmodSync,
  fstatSync,
  type ReadStream,
  readSync,
  writeFileSync,
} from 'node:fs';
import { openNamed, type Use } from './named-file.ts';

/** A file that a person has named, in chunks as they are wanted. Throws with the reason why it can't be had. */
export function streamNamed(
  name: string,
  use: Extract<Use, 'read' | 'stream'>,
  options: { readonly highWaterMark: number; readonly signal?: AbortSignal },
): ReadStream {
  return createReadStream(name, { ...options, fd: openNamed(name, use) });
}

/** What a regular file begins with, and how long it is. Another process may write to it meanwhile. */
export function beginningOf(name: string, most: number): { readonly bytes: Buffer; readonly size: number } {
  const descriptor = openNamed(name, 'read');
  try {
    const bytes = Buffer.alloc(most);
    let length = 0;
    for (let count = -1; count !== 0 && length < most; length += count) {
      count = readSync(descriptor, bytes, length, most - length, null);
    }
    return { bytes: bytes.subarray(0, length), size: Math.max(length, fstatSync(descriptor).size) };
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a text into a file that a person has named. `mode`: what it is to have, where that is another than 0600. */
export function writeNamed(
  name: string,
  use: Exclude<Use, 'read' | 'stream'>,
  text: string,
  mode?: number,
): void {
  const descriptor = openNamed(name, use);
  try {
    if (mode !== undefined) fchmodSync(descriptor, mode);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
