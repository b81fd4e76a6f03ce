import { closeSync, readSync } from 'node:fs';
import { openNamed } from '../../files/named-file.ts';
import { codeOf } from '../../text/reason.ts';
import { pauseBriefly } from './pause.ts';

const atOnce = 64 * 1024;

/**
 * What a descriptor has to its end, also a pipe that another process has made non-blocking. Of more than `most` bytes
 * the beginning, one byte too long: some files have no end.
 */
export function readToEnd(descriptor: number, most: number): Uint8Array {
  const chunks: Buffer[] = [];
  let left = most + 1;
  while (left > 0) {
    const chunk = Buffer.allocUnsafe(Math.min(atOnce, left));
    const length = readChunk(descriptor, chunk);
    if (length === 0) break;
    chunks.push(chunk.subarray(0, length));
    left -= length;
  }
  return Buffer.concat(chunks);
}

/** As `readToEnd`, of a file, a pipe or a device that a person has named. */
export function readFileToEnd(name: string, most: number): Uint8Array {
  const descriptor = openNamed(name, 'stream');
  try {
    return readToEnd(descriptor, most);
  } finally {
    closeSync(descriptor);
  }
}

/** How many bytes came; 0 at the end. */
function readChunk(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      pauseBriefly();
    }
  }
}
