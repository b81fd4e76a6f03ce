import { fstatSync, writeSync } from 'node:fs';
import { stopSignal } from '../../daemon/process-end.ts';
import { processTerminal } from '../../shell/terminal/process-terminal.ts';
import { wrappedLines } from '../../text/display-width.ts';
import { codeOf, reasonOf } from '../../text/reason.ts';
import type { Caller } from './caller.ts';
import { pauseBriefly } from './pause.ts';
import { readToEnd } from './read-to-end.ts';

/** Whoever has started this process. Node's own streams take time to load, so that what is over in a moment does without. */
export const processCaller: Caller = {
  output: (text) => writeAll(1, 'output', text),
  // A device that is no terminal hardly minds.
  outputIsTerminal: () => fstatSync(1).isCharacterDevice(),
  error: (text) => writeAll(2, 'error', text),
  errorColumns,
  report,
  input: {
    isTerminal: () => process.stdin.isTTY === true,
    whole: (most) => readToEnd(0, most),
    chunks: () => process.stdin,
    stat: () => fstatSync(0),
  },
  terminal: () => processTerminal(process.env),
  environment: process.env,
  onInterrupt: (action) => void process.once('SIGINT', action),
  // With the system calls that it takes, which take time to load.
  setApart: async () => (await import('../../daemon/placement.ts')).setApart(),
  onSignal: (signal, action) => void process.on(signal, action),
  stopSignal,
};

/**
 * Writes everything, also into a full pipe that does not block. Ends the process where that can't be: without a word when
 * the reader has gone, as any filter does.
 */
function writeAll(descriptor: number, name: string, text: string | Uint8Array): void {
  let rest = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'EAGAIN') {
        if (code !== 'EPIPE') report(`levee: can't write to standard ${name}: ${reasonOf(error)}`);
        process.exit(1);
      }
      pauseBriefly();
    }
  }
}

let isReporting = false;

function report(line: string): void {
  // The reader of standard error may go away: Levee guards connections without one too.
  if (!isReporting) process.stderr.on('error', () => undefined);
  isReporting = true;
  const columns = errorColumns();
  process.stderr.write(`${columns === undefined ? line : wrappedLines(line, columns)}\n`);
}

/** A terminal may have no size, as that of a container or of `expect`. */
function errorColumns(): number | undefined {
  return process.stderr.isTTY && process.stderr.columns > 0 ? process.stderr.columns : undefined;
}
