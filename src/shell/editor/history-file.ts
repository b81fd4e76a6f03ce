import {
  appendFileSync,
  chmodSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { codeOf } from '../../text/reason.ts';
import { historyLimit } from './history.ts';

/**
 * The history between runs, one JSON string a line. Shells that run at the same time append to one file, each entry
 * in one write. A file that has grown too long is replaced when a shell starts.
 */
export class HistoryFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What others and earlier runs have kept, the newest last. Throws as `readFileSync` does, but not for want of a file. */
  read(): string[] {
    const text = this.#text();
    const entries = text.split('\n').flatMap(entryOf);
    const kept = entries.slice(-historyLimit);
    if (text !== '') chmodSync(this.#path, 0o600);
    if (kept.length < entries.length) this.#replace(kept, Buffer.byteLength(text));
    return kept;
  }

  append(entry: string): void {
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  #text(): string {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return '';
      throw error;
    }
  }

  /** Leaves the file to the next shell where another one has appended since it was read. */
  #replace(entries: readonly string[], size: number): void {
    const temporary = `${this.#path}.${process.pid}`;
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    writeFileSync(temporary, text, { mode: 0o600 });
    if (statSync(this.#path).size === size) renameSync(temporary, this.#path);
    else rmSync(temporary);
  }
}

/** Lines that are no entry (a write that a full disk cut short) are passed over. */
function entryOf(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'string' ? [entry] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
