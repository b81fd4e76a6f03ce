import { rmSync, statSync } from 'node:fs';
import type { Event } from '../../events/events.ts';
import { logFileFailed, logFileLost, logFileRemoved, logFileWritten } from '../../events/logs.ts';
import { codeOf, messageOf } from '../../text/reason.ts';
import { LineFile } from './line-file.ts';
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
  /** Has another log give way on a full disk, before this one loses anything. What was removed; undefined: nothing. */
  makeRoom(): string | undefined;
};

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
  #file: LineFile | undefined;
  #waiting: string[] = [];
  #scheduled: NodeJS.Immediate | undefined;
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
    this.#waiting.push(`${line}\n`);
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  /** Writes what waits. */
  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    const { written, failure } = this.#write(lines);
    if (written < lines.length) this.#lose(lines.length - written, failure);
    else this.#recover();
  }

  /** Removes its oldest file from a full disk, in the end the one that is written. Its path; undefined: it has none. */
  giveWay(): string | undefined {
    const oldest = removeOldest(this.path);
    if (oldest !== undefined) return oldest;
    const written = statSync(this.path, { throwIfNoEntry: false });
    if (written === undefined || written.size === 0) return undefined;
    this.#close();
    rmSync(this.path);
    return this.path;
  }

  /** Reports the lines that could not be written, where no later one could either. */
  tellLost(): void {
    this.flush();
    if (this.#lost > 0) this.#options.report(logFileLost({ file: this.path, lost: this.#lost }));
  }

  /** Closes the file; the next line opens what is there then. */
  reopen(): void {
    this.flush();
    this.#close();
  }

  /** Writes lines, rotating the file where it is full. `written`: how many it could write, the first ones. */
  #write(lines: readonly string[]): { readonly written: number; readonly failure?: unknown } {
    let written = 0;
    let canRotate = true;
    try {
      while (written < lines.length) {
        const file = this.#current();
        const chunk = this.#fitting(lines, written, file, canRotate);
        if (chunk.length === 0) {
          canRotate = this.#rotate();
          continue;
        }
        const appended = file.append(chunk);
        written += appended.lines;
        if (appended.lines === 0 && !this.#canGoOn(appended.failure, appended.isShort)) {
          return { written, failure: appended.failure };
        }
      }
      return { written };
    } catch (failure) {
      return { written, failure };
    }
  }

  /** The file that is at the path now: someone may have moved or removed the one that was. */
  #current(): LineFile {
    if (this.#file?.isAt(this.path) === false) this.#close();
    this.#file ??= new LineFile(this.path);
    return this.#file;
  }

  #close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** The lines, from one of them on, that fit into the file; at least one where it is empty or can't be rotated. */
  #fitting(
    lines: readonly string[],
    first: number,
    { size }: LineFile,
    canRotate: boolean,
  ): readonly string[] {
    let end = first;
    let length = size;
    for (; end < lines.length; end++) {
      length += Buffer.byteLength(lines[end] ?? '');
      const isFull = length > this.#options.size && (end > first || size > 0);
      if (isFull && (end > first || canRotate)) break;
    }
    return lines.slice(first, end);
  }

  /** After nothing could be written: whether a new attempt may do better. */
  #canGoOn(failure: unknown, isShort: boolean): boolean {
    const code = codeOf(failure);
    const isDiskFull = isShort || code === 'ENOSPC' || code === 'EDQUOT';
    return isDiskFull && this.#makeRoom();
  }

  #makeRoom(): boolean {
    if (this.#options.whenFull === 'nolog') return false;
    const removed = this.#options.makeRoom() ?? removeOldest(this.path);
    if (removed === undefined) return false;
    this.#options.report(logFileRemoved({ file: removed }));
    return true;
  }

  #rotate(): boolean {
    this.#close();
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

  #lose(lines: number, failure: unknown): void {
    const isNew = this.#lost === 0;
    this.#lost += lines;
    if (isNew) this.#options.report(logFileFailed({ file: this.path, reason: messageOf(failure) }));
  }

  #recover(): void {
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#options.report(logFileWritten({ file: this.path, lost }));
  }
}
