import { fstatSync, readSync, writeSync } from 'node:fs';
import { stopSignal } from '../../daemon/process-end.ts';
import { processTerminal } from '../../shell/terminal/process-terminal.ts';
import { codeOf, reasonOf } from '../../text/reason.ts';
import type { Caller } from './caller.ts';

/** Whoever has started this process. Node's own streams take time to load, so that what is over in a moment does without. */
export const processCaller: Caller = {
  output: (text) => writeAll(1, 'output', text),
  error: (text) => writeAll(2, 'error', text),
  report,
  input: {
    isTerminal: () => process.stdin.isTTY === true,
    whole: readToEnd,
    chunks: () => process.stdin,
    stat: () => fstatSync(0),
  },
  terminal: () => processTerminal(process.env),
  environment: process.env,
  onInterrupt: (action) => void process.once('SIGINT', action),
  // With the system calls that it takes, which take time to load.
  setApart: async () => (await import('../../daemon/placement.ts')).setApart(),
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

/** Standard input to its end, also from a pipe that another process has made non-blocking. */
function readToEnd(): Uint8Array {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    try {
      const length = readSync(0, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EOF') return Buffer.concat(chunks);
      if (code !== 'EAGAIN') throw error;
      pauseBriefly();
    }
  }
}

let isReporting = false;

function report(line: string): void {
  // The reader of standard error may go away: Levee guards connections without one too.
  if (!isReporting) process.stderr.on('error', () => undefined);
  isReporting = true;
  process.stderr.write(`${line}\n`);
}

const word = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread for a few milliseconds: a descriptor that another process has made non-blocking is not ready. */
function pauseBriefly(): void {
  Atomics.wait(word, 0, 0, 5);
}
