import type { Readable, Writable } from 'node:stream';

/** Where a person types and reads: this process's own terminal, one at the far end of a connection, or a test. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly columns: number;
  readonly rows: number;
  /** Escape sequences are understood. */
  readonly isTTY: boolean;
  readonly colour: boolean;
  /** In raw mode every key comes at once, unechoed, and none of them is a signal. */
  setRaw(raw: boolean): void;
  /** Calls back whenever the size has changed. Returns how to stop that. */
  onResize(listener: () => void): () => void;
  /** Calls `restore` when the process ends in a way that lets nothing else run. Returns how to stop that. */
  guard(restore: () => void): () => void;
}
