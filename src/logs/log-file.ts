import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** A log file that lines are added to. A line that can't be written is counted, never a crash. */
export class LogFile {
  readonly #descriptor: number;
  /** The file ends within a line: the process or the disk ended there. */
  #torn: boolean;
  #lost = 0;
  #lastError = '';

  /** Opens or creates it, for its owner alone. */
  constructor(file: string) {
    this.#descriptor = openSync(file, 'a+', 0o600);
    this.#torn = !/^$|\n$/.test(this.tail(1));
  }

  /** Lines that could not be written. */
  get lost(): number {
    return this.#lost;
  }

  /** Why the last of them could not; '' when none was lost. */
  get lastError(): string {
    return this.#lastError;
  }

  append(line: string): void {
    try {
      const bytes = Buffer.from(`${this.#torn ? '\n' : ''}${line}\n`, 'utf8');
      const written = writeSync(this.#descriptor, bytes);
      this.#torn = written === 0 ? this.#torn : written < bytes.length;
      if (written < bytes.length) throw new Error('only a part of the line was written');
    } catch (error) {
      this.#lost += 1;
      this.#lastError = error instanceof Error ? error.message : String(error);
    }
  }

  /** The last bytes of the file as text, at most so many. */
  tail(bytes: number): string {
    const { size } = fstatSync(this.#descriptor);
    const start = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - start);
    const length = readSync(this.#descriptor, buffer, 0, buffer.length, start);
    return buffer.toString('utf8', 0, length);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
