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
  /** Nothing but text and backspaces is to be sent: it understands no more, or a program reads it. */
  readonly isPlain: boolean;
  /** What leads to the start of the next row: a terminal of the system adds the carriage return by itself. */
  readonly newline: '\n' | '\r\n';
  /** In raw mode every key comes at once, unechoed, and none of them is a signal. */
  setRaw(raw: boolean): void;
  /** Resolves when all that was written is on its way; absent: it always is. */
  readonly drained?: (() => Promise<void>) | undefined;
  /** Stops this process until whoever started it lets it go on; undefined where nobody could. */
  readonly suspend: (() => Promise<void>) | undefined;
  /** Calls back whenever the size has changed. Returns how to stop that. */
  onResize(listener: () => void): () => void;
  /** Calls `restore` when the process ends in a way that lets nothing else run. Returns how to stop that. */
  guard(restore: () => void): () => void;
}

/** The same terminal, taken for a plain one. */
export function plainTerminal(terminal: Terminal): Terminal {
  return {
    input: terminal.input,
    output: terminal.output,
    isTTY: terminal.isTTY,
    isPlain: true,
    newline: terminal.newline,
    colour: false,
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
    drained: terminal.drained,
    suspend: terminal.suspend,
    setRaw: (raw) => terminal.setRaw(raw),
    onResize: (listener) => terminal.onResize(listener),
    guard: (restore) => terminal.guard(restore),
  };
}
