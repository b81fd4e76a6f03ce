import { readFileSync, statSync } from 'node:fs';
import { runCommandLine } from '../../src/commands/command-line/run.ts';
import type { Caller, Write } from '../../src/commands/io/caller.ts';
import { besideOthers } from './beside-others.ts';

/** What standard input has. */
export type Given = string | Uint8Array | { readonly file: string };

export type Result = {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Both, in the order in which they came. */
  readonly printed: Buffer;
};

/** Runs what stands behind `levee` on a command line in this process, with streams and an environment of its own. `isTerminal`: what it prints goes to one. */
export async function commandHere(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  given: Given = '',
  isTerminal = false,
): Promise<Result> {
  const [out, err, all] = [[] as Uint8Array[], [] as Uint8Array[], [] as Uint8Array[]];
  const writeTo =
    (parts: Uint8Array[]): Write =>
    (text) => {
      const bytes = Buffer.from(text);
      parts.push(bytes);
      all.push(bytes);
    };
  const error = writeTo(err);
  const bytes = (): Uint8Array => (isFile(given) ? readFileSync(given.file) : Buffer.from(given));
  const caller: Caller = {
    output: writeTo(out),
    outputIsTerminal: () => isTerminal,
    error,
    errorColumns: () => undefined,
    report: (line) => error(`${line}\n`),
    input: {
      isTerminal: () => false,
      whole: bytes,
      async *chunks() {
        yield bytes();
      },
      stat: () => (isFile(given) ? statSync(given.file) : undefined),
    },
    terminal: () => {
      throw new Error('this takes a terminal');
    },
    environment,
    onInterrupt: () => undefined,
    // This process has more to do than that.
    setApart: () => Promise.resolve(besideOthers),
    onSignal: () => undefined,
    stopSignal: () => new Promise(() => undefined),
  };
  const status = await runCommandLine(words, caller);
  return { status, stdout: Buffer.concat(out), stderr: Buffer.concat(err), printed: Buffer.concat(all) };
}

function isFile(given: Given): given is { readonly file: string } {
  return typeof given === 'object' && 'file' in given;
}
