import type { Stats } from 'node:fs';
import type { Placement } from '../../daemon/placement.ts';
import type { Terminal } from '../../shell/terminal/terminal.ts';

/**
 * Whoever runs a command: where what it prints goes, what it reads, and what it finds in its environment. Files that are
 * named are opened in the working directory of this process.
 */
export type Caller = {
  readonly output: Write;
  /** Whether what it prints can be seen on a terminal. */
  readonly outputIsTerminal: () => boolean;
  readonly error: Write;
  /** Cells of a row where `error` is shown on a terminal; undefined: it is not. */
  readonly errorColumns: () => number | undefined;
  /** A line on standard error, for whoever looks after this process. It is lost where nobody reads it. */
  readonly report: (line: string) => void;
  readonly input: Input;
  /** Where `input` is a terminal: that one, to type and to show. */
  readonly terminal: () => Terminal;
  readonly environment: NodeJS.ProcessEnv;
  /** The first Ctrl-C from now on does this, and does not end the process. */
  readonly onInterrupt: (action: () => void) => void;
  /** Keeps this process, so far as it is the command's, away from its workers. */
  readonly setApart: () => Promise<Placement>;
  /** Each of these signals from now on does this, and does not end the process. */
  readonly onSignal: (signal: NodeJS.Signals, action: () => void) => void;
  /** Resolves with the first of these signals that is to end the command; the process goes on. */
  readonly stopSignal: (signals: readonly NodeJS.Signals[]) => Promise<NodeJS.Signals>;
};

/** Writes all of it before it returns. */
export type Write = (text: string | Uint8Array) => void;

/** Standard input. */
export type Input = {
  readonly isTerminal: () => boolean;
  /** Waits for its end. Of more than `most` bytes it gives the beginning, one byte too long. */
  readonly whole: (most: number) => Uint8Array;
  /** As it comes. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** What it is read out of; undefined where that is nothing in the file system. */
  readonly stat: () => Stats | undefined;
};
