import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { filesOf } from './rotated-files.ts';

const readAt = promisify(read);

const chunkSize = 256 * 1024;
/** Longer than any line of ours: what has no newline for so long was written by somebody else. */
const longestLine = 1024 * 1024;

/**
 * The lines of a log and of its rotated files, the last one first; none once the signal is aborted. What is written or
 * rotated meanwhile changes nothing: all files are opened first, in one go.
 */
export async function* linesBackward(path: string, signal: AbortSignal): AsyncGenerator<string> {
  const descriptors: number[] = [];
  try {
    for (const file of filesOf(path)) descriptors.push(openSync(file, 'r'));
    for (const descriptor of descriptors) yield* fileBackward(descriptor, signal);
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

/** The last bytes of each file of a log as text, at most so many, the newest first. */
export function* tails(path: string, bytes: number): Generator<string> {
  for (const file of filesOf(path)) {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, bytes));
      const length = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      yield buffer.toString('utf8', 0, length);
    } finally {
      closeSync(descriptor);
    }
  }
}

async function* fileBackward(descriptor: number, signal: AbortSignal): AsyncGenerator<string> {
  let position = fstatSync(descriptor).size;
  let rest = Buffer.alloc(0);
  while (position > 0 && !signal.aborted) {
    const length = Math.min(chunkSize, position);
    position -= length;
    const { bytesRead, buffer } = await readAt(descriptor, Buffer.alloc(length), 0, length, position);
    const data = Buffer.concat([buffer.subarray(0, bytesRead), rest]);
    let end = data.length;
    for (let newline = lastNewline(data, end); newline >= 0; newline = lastNewline(data, end)) {
      if (newline + 1 < end) yield data.toString('utf8', newline + 1, end);
      end = newline;
    }
    rest = data.subarray(0, Math.min(end, longestLine));
  }
  if (rest.length > 0 && !signal.aborted) yield rest.toString('utf8');
}

function lastNewline(data: Buffer, end: number): number {
  return end === 0 ? -1 : data.lastIndexOf(0x0a, end - 1);
}
