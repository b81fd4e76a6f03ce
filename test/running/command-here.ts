import { existsSync, readFileSync } from 'node:fs';
import type { Emit, Session } from '../../src/cli/session/session.ts';
import { UsageError } from '../../src/commands/command-line/command.ts';
import { readCredentials } from '../../src/commands/command-line/credentials.ts';
import { type Options, readOptions } from '../../src/commands/command-line/options.ts';
import { personText } from '../../src/commands/io/output.ts';
import { attach } from '../../src/commands/session/attach.ts';
import { openStateDirectory } from '../../src/daemon/state-directory.ts';

export type Result = {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly printed: string;
};

/** What a command does with a session, and what revisions say of where it came from. */
type Plan = { readonly origin: string; readonly run: (session: Session, emit: Emit) => Promise<number> };

/**
 * Runs the words of a `levee` in this process: the same session on the same state directory, of its own or of whoever
 * owns it. Undefined for what takes a process: help, wrong usage, other commands than import and export.
 *
 * @param input what standard input has; without it the words must not ask for it
 */
export async function commandHere(
  path: string,
  words: readonly string[],
  input?: string,
): Promise<Result | undefined> {
  const options = optionsOf(words);
  const plan = options === undefined ? undefined : planOf(options, input);
  if (options === undefined || plan === undefined) return undefined;
  const [out, err, all] = [[] as string[], [] as string[], [] as string[]];
  const emit: Emit = (part) => {
    const text = personText(part);
    (part.kind === 'output' ? out : err).push(text);
    all.push(text);
  };
  const entry = {
    open: () => openStateDirectory(path, {}),
    credentials: () => readCredentials(options, {}),
  };
  const result = (status: number): Result => {
    return { status, stdout: out.join(''), stderr: err.join(''), printed: all.join('') };
  };
  try {
    const { session, close } = await attach(entry, plan.origin);
    try {
      return result(await plan.run(session, emit));
    } finally {
      await close();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    emit({ kind: 'notice', text: `levee: ${error.message}\n` });
    return result(1);
  }
}

function optionsOf(words: readonly string[]): Options | undefined {
  try {
    return readOptions(words);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function planOf({ state, help, version, ...options }: Options, input?: string): Plan | undefined {
  if (help || version || state !== undefined) return undefined;
  if (options.command === undefined) return batchOf(options.commands, input);
  if (options.command === 'export') return exportOf(options.words);
  return options.command === 'import' ? importOf(options.words, input) : undefined;
}

function batchOf(commands: readonly string[], input?: string): Plan | undefined {
  const text = commands.length > 0 ? `${commands.join('\n')}\n` : input;
  if (text === undefined) return undefined;
  const [name, origin] = commands.length > 0 ? ['-c', '-c'] : ['(standard input)', 'standard input'];
  const options = { check: false, keepGoing: false, skipUnknown: false, operations: true };
  return {
    origin,
    run: async (session, emit) =>
      (await session.batch([{ name, bytes: Buffer.from(text) }], options, emit)).status,
  };
}

function exportOf(words: readonly string[]): Plan | undefined {
  const isFull = words.length === 1 && words[0] === '--full';
  if (words.length > 0 && !isFull) return undefined;
  const text = isFull ? 'show full-configuration' : 'show';
  return { origin: 'export', run: async (session, emit) => (await session.execute(text, emit)).status };
}

const switches = ['--check', '--keep-going', '--skip-unknown'];

function importOf(words: readonly string[], input?: string): Plan | undefined {
  const names = words.filter((word) => word === '-' || !word.startsWith('-'));
  const given = words.filter((word) => !names.includes(word));
  const isThere = (name: string): boolean => (name === '-' ? input !== undefined : existsSync(name));
  if (names.length === 0 || !given.every((word) => switches.includes(word)) || !names.every(isThere)) {
    return undefined;
  }
  const options = {
    check: given.includes('--check'),
    keepGoing: given.includes('--keep-going'),
    skipUnknown: given.includes('--skip-unknown'),
    operations: false,
  };
  const run = async (session: Session, emit: Emit): Promise<number> => {
    const sources = names.map((name) =>
      name === '-'
        ? { name: '(standard input)', bytes: Buffer.from(input ?? '') }
        : { name, bytes: readFileSync(name) },
    );
    return (await session.batch(sources, options, emit)).status;
  };
  return { origin: `import ${names.join(' ')}`, run };
}
