import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../../text/reason.ts';

/** What became of lines. `failure`: why not all are written; undefined: they are. */
export type Appended = {
  /** Lines that are in the file now. */
  readonly lines: number;
  readonly failure: unknown;
  /** The system took a part of them: it says why with the next write. */
  readonly isShort: boolean;
};

/** An open file that whole lines are appended to. One that ends within a line has a newline added first. */
export class LineFile {
  readonly #descriptor: number;
  readonly #inode: bigint;
  #size: number;
  /** It ends within a line: the process or the disk ended there. */
  #torn: boolean;

  /** Opens or makes it, for its owner alone. Throws where that can't be done. */
  constructor(path: string) {
    this.#descriptor = openFile(path);
    const { ino, size } = fstatSync(this.#descriptor, { bigint: true });
    this.#inode = ino;
    this.#size = Number(size);
    this.#torn = endsWithinLine(this.#descriptor, this.#size);
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /** Whether it is still at a path, where somebody may have moved, removed, emptied or extended it. */
  isAt(path: string): boolean {
    const there = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (there?.ino !== this.#inode) return false;
    this.#size = Number(there.size);
    return true;
  }

  /** `lines`: each with its newline. */
  append(lines: readonly string[]): Appended {
    const bytes = Buffer.from(`${this.#torn ? '\n' : ''}${lines.join('')}`, 'utf8');
    let written = 0;
    let failure: unknown;
    try {
      written = writeSync(this.#descriptor, bytes);
      if (written < bytes.length) failure = new Error('only a part of a line was written');
    } catch (error) {
      failure = error;
    }
    if (failure !== undefined) {
      return { lines: this.#keepWholeLines(bytes, written), failure, isShort: written > 0 };
    }
    this.#torn = false;
    this.#size += written;
    return { lines: lines.length, failure, isShort: false };
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Removes the part of a line that was written behind whole ones. Returns the number of the whole ones. */
  #keepWholeLines(bytes: Buffer, written: number): number {
    const added = this.#torn ? 1 : 0;
    const whole = written === 0 ? 0 : bytes.lastIndexOf(0x0a, written - 1) + 1;
    try {
      if (written > whole) ftruncateSync(this.#descriptor, this.#size + whole);
      this.#size += whole;
      if (whole > 0) this.#torn = false;
    } catch {
      // The part stays: the next line begins on a line of its own.
      this.#size += written;
      this.#torn = true;
    }
    return whole === 0 ? 0 : newlines(bytes.subarray(0, whole)) - added;
  }
}

/** A folder that somebody removed is made again, once. */
function openFile(path: string): number {
  try {
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { mode: 0o700 });
    return openSync(path, 'a+', 0o600);
  }
}

function endsWithinLine(descriptor: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a) count += 1;
  return count;
}
