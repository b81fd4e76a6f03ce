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
import type { Event } from '../../events/events.ts';
import { logFileFailed, logFileRemoved, logFileWritten } from '../../events/logs.ts';
import { codeOf, messageOf } from '../../text/reason.ts';
import { removeExcess, removeOldest, rotate } from './rotated-files.ts';

export type FileSettings = {
  /** Bytes beyond which the file is rotated. */
  readonly size: number;
  /** Rotated files that are kept. */
  readonly files: number;
  readonly whenFull: 'overwrite' | 'nolog';
};

type Options = FileSettings & {
  /** Called when lines begin to get lost, when that is over, and when a file was removed from a full disk. */
  report(event: Event): void;
  /** Removes an old file of another log, where this one has none left to remove. Its path; undefined: there is none. */
  makeRoom(): string | undefined;
};

type Open = { readonly descriptor: number; readonly inode: bigint; size: number };

/**
 * A log file that lines are appended to; at its size it is rotated to `.1`, and the older ones move up.
 *
 * Lines are collected and written at the end of the turn of the event loop, in one call: writing goes to the page
 * cache, a few microseconds for what one message of a worker brings, so that a thread for it would cost more than it
 * saves, and lines would not be in the file when the process ends. A line that can't be written is counted, never a
 * crash. Whoever removes or renames the file finds the next lines in a new one.
 */
export class RotatingFile {
  readonly path: string;
  #options: Options;
  #open: Open | undefined;
  #waiting: string[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  /** The file ends within a line: the process or the disk ended there. */
  #torn = false;
  /** Lines that could not be written since the last one that could. */
  #lost = 0;
  /** It could not be rotated, which was reported; it grows until it can be. */
  #stuck = false;

  constructor(path: string, options: Options) {
    this.path = path;
    this.#options = options;
  }

  configure(settings: FileSettings): void {
    this.#options = { ...this.#options, ...settings };
    removeExcess(this.path, settings.files);
  }

  append(line: string): void {
    this.#waiting.push(line);
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  /** Writes what waits. */
  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    let written = 0;
    try {
      const open = this.#follow();
      written = this.#write(open, lines);
      if (written === lines.length) this.#written();
    } catch (error) {
      if (error instanceof PartlyWritten) written = error.lines;
      this.#lose(lines.length - written, error);
    }
  }

  /** Closes the file; the next line opens what is there then. */
  reopen(): void {
    this.flush();
    if (this.#open !== undefined) closeSync(this.#open.descriptor);
    this.#open = undefined;
  }

  /** The file that is at the path now: someone may have moved or removed the one that was. */
  #follow(): Open {
    const there = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    if (this.#open !== undefined) {
      if (there?.ino === this.#open.inode) {
        this.#open.size = Number(there.size);
        return this.#open;
      }
      closeSync(this.#open.descriptor);
      this.#open = undefined;
    }
    const descriptor = openFile(this.path);
    const { ino, size } = fstatSync(descriptor, { bigint: true });
    this.#open = { descriptor, inode: ino, size: Number(size) };
    this.#torn = endsWithinLine(descriptor, Number(size));
    return this.#open;
  }

  /** Writes lines, rotating the file where it is full. Returns the number of lines that it could write. */
  #write(opened: Open, lines: readonly string[]): number {
    let open = opened;
    let index = 0;
    let canRotate = true;
    while (index < lines.length) {
      const chunk: string[] = [];
      let size = 0;
      for (let next = index; next < lines.length; next++) {
        const line = `${lines[next]}\n`;
        const length = Buffer.byteLength(line);
        const isFull = open.size + size > 0 && open.size + size + length > this.#options.size;
        if (isFull && (chunk.length > 0 || canRotate)) break;
        chunk.push(line);
        size += length;
      }
      if (chunk.length === 0) {
        canRotate = this.#rotate(open);
        open = this.#follow();
        continue;
      }
      index += this.#writeChunk(open, chunk, index);
    }
    return index;
  }

  /** The number of lines written: all of them, or as many as there was room for before it was made. */
  #writeChunk(open: Open, chunk: readonly string[], before: number): number {
    const bytes = Buffer.from(`${this.#torn ? '\n' : ''}${chunk.join('')}`, 'utf8');
    let written = 0;
    let failure: unknown;
    try {
      written = writeSync(open.descriptor, bytes);
      if (written < bytes.length) failure = new Error('only a part of a line was written');
    } catch (error) {
      failure = error;
    }
    if (failure === undefined) {
      this.#torn = false;
      open.size += written;
      return chunk.length;
    }
    const lines = this.#keepWholeLines(open, bytes, written);
    // After a short write the next one says why.
    if (lines > 0 || ((written > 0 || isDiskFull(failure)) && this.#makeRoom())) return lines;
    throw new PartlyWritten(before + lines, failure);
  }

  /** Of what was written of some lines, those that are whole stay. Their number. */
  #keepWholeLines(open: Open, bytes: Buffer, written: number): number {
    const first = this.#torn ? 1 : 0;
    const whole = written === 0 ? 0 : bytes.lastIndexOf(0x0a, written - 1) + 1;
    try {
      if (written > whole) ftruncateSync(open.descriptor, open.size + whole);
      open.size += whole;
      if (whole > 0) this.#torn = false;
    } catch {
      // The rest of a line stays: the next one begins on a line of its own.
      open.size += written;
      this.#torn = true;
    }
    return Math.max(0, count(bytes.subarray(0, whole)) - (whole > 0 ? first : 0));
  }

  #makeRoom(): boolean {
    if (this.#options.whenFull === 'nolog') return false;
    const removed = removeOldest(this.path) ?? this.#options.makeRoom();
    if (removed === undefined) return false;
    this.#options.report(logFileRemoved({ file: removed }));
    return true;
  }

  #rotate(open: Open): boolean {
    closeSync(open.descriptor);
    this.#open = undefined;
    try {
      rotate(this.path, this.#options.files);
      this.#stuck = false;
    } catch (error) {
      if (!this.#stuck) {
        const reason = `it can't be put aside (${messageOf(error)})`;
        this.#options.report(logFileFailed({ file: this.path, reason }));
      }
      this.#stuck = true;
    }
    return !this.#stuck;
  }

  #lose(lines: number, error: unknown): void {
    const isNew = this.#lost === 0;
    this.#lost += lines;
    if (isNew) {
      const reason = messageOf(error instanceof PartlyWritten ? error.cause : error);
      this.#options.report(logFileFailed({ file: this.path, reason }));
    }
  }

  #written(): void {
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#options.report(logFileWritten({ file: this.path, lost }));
  }
}

/** Some lines of several are in the file, the others are not. */
class PartlyWritten extends Error {
  readonly lines: number;

  constructor(lines: number, cause: unknown) {
    super('', { cause });
    this.lines = lines;
  }
}

/** For its owner alone. A folder that somebody removed is made again, once. */
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

function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function count(bytes: Uint8Array): number {
  let newlines = 0;
  for (const byte of bytes) if (byte === 0x0a) newlines += 1;
  return newlines;
}
