import type { Stats } from 'node:fs';

/**
 * Whoever runs a command: where what it prints goes, what it reads, and what it finds in its environment. Files that are
 * named are opened in the working directory of this process.
 */
export type Caller = {
  readonly output: Write;
  readonly error: Write;
  /** A line on standard error, for whoever looks after this process. It is lost where nobody reads it. */
  readonly report: (line: string) => void;
  readonly input: Input;
  readonly environment: NodeJS.ProcessEnv;
  /** The first Ctrl-C from now on does this, and does not end the process. */
  readonly onInterrupt: (action: () => void) => void;
};

/** Writes all of it before it returns. */
export type Write = (text: string | Uint8Array) => void;

/** Standard input. */
export type Input = {
  readonly isTerminal: () => boolean;
  /** Waits for its end. */
  readonly whole: () => Uint8Array;
  /** As it comes. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** What it is read out of; undefined where that is nothing in the file system. */
  readonly stat: () => Stats | undefined;
};
