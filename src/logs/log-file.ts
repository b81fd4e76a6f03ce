import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** A log file that lines are added to. A line that can't be written is told of, never a crash. */
export class LogFile {
  readonly #file: string;
  readonly #tell: (event: string) => void;
  readonly #descriptor: number;
  /** The file ends within a line: the process or the disk ended there. */
  #torn: boolean;
  /** Lines that could not be written since the last one that could. */
  #lost = 0;

  /** Opens or creates it, for its owner alone. `tell` hears when lines begin to get lost, and when that is over. */
  constructor(file: string, tell: (event: string) => void) {
    this.#file = file;
    this.#tell = tell;
    this.#descriptor = openSync(file, 'a+', 0o600);
    this.#torn = !/^$|\n$/.test(this.tail(1));
  }

  append(line: string): void {
    try {
      const bytes = Buffer.from(`${this.#torn ? '\n' : ''}${line}\n`, 'utf8');
      const written = writeSync(this.#descriptor, bytes);
      this.#torn = written === 0 ? this.#torn : written < bytes.length;
      if (written < bytes.length) throw new Error('only a part of a line was written');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#lost === 0) this.#tell(`${this.#file} can't be written: ${reason}; its lines are lost`);
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) this.#tell(`${this.#file} is written again; lines that were lost: ${this.#lost}`);
    this.#lost = 0;
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
