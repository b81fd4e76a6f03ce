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

  /** The entries of earlier runs and other shells, the newest last; none where there is no file. Throws as `readFileSync`. */
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

  /** Where another shell has appended since the file was read, the next shell replaces it. */
  #replace(entries: readonly string[], size: number): void {
    const temporary = `${this.#path}.${process.pid}`;
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    writeFileSync(temporary, text, { mode: 0o600 });
    if (statSync(this.#path).size === size) renameSync(temporary, this.#path);
    else rmSync(temporary);
  }
}

/** A line that is no entry is skipped: a full disk may have cut a write short. */
function entryOf(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'string' ? [entry] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
