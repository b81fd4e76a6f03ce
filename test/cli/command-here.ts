import { existsSync, readFileSync } from 'node:fs';
import type { Emit, Session } from '../../src/cli/session/session.ts';
import { UsageError } from '../../src/commands/command-line/command.ts';
import { type Options, readOptions } from '../../src/commands/command-line/options.ts';
import { personText } from '../../src/commands/io/output.ts';
import { withFiles } from '../../src/commands/session/client-files.ts';
import type { Owner } from '../../src/daemon/owner.ts';
import { noCredentials } from '../../src/system/login.ts';

export type Result = { readonly printed: string; readonly status: number };

/** What a command does with a session, and what revisions say of where it came from. */
type Plan = { readonly origin: string; readonly run: (session: Session, emit: Emit) => Promise<number> };

/**
 * Runs a command line of the shell in this process, in its working directory; undefined where it takes a process: that
 * of the shell for anything but `levee` and its words, that of Levee for help, wrong usage, logins and other commands.
 */
export async function runHere(command: string, owner: Owner): Promise<Result | undefined> {
  const words = wordsOf(command);
  if (words?.shift() !== 'levee') return undefined;
  const plan = planFor(words);
  if (plan === undefined) return undefined;
  const login = await owner.login(plan.origin, noCredentials);
  if (!('session' in login)) return undefined;
  const session = withFiles(login.session);
  let printed = '';
  try {
    const status = await plan.run(session, (part) => {
      printed += personText(part);
    });
    return { printed, status };
  } finally {
    session.close();
  }
}

function planFor(words: readonly string[]): Plan | undefined {
  try {
    return planOf(readOptions(words));
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function planOf({ state, user, passwordFile, help, version, ...options }: Options): Plan | undefined {
  if (help || version || [state, user, passwordFile].some((value) => value !== undefined)) return undefined;
  if (options.command === undefined) return batchOf(options.commands);
  if (options.command === 'export') return exportOf(options.words);
  return options.command === 'import' ? importOf(options.words) : undefined;
}

function batchOf(commands: readonly string[]): Plan | undefined {
  if (commands.length === 0) return undefined;
  const source = { name: '-c', bytes: Buffer.from(`${commands.join('\n')}\n`) };
  const options = { check: false, keepGoing: false, skipUnknown: false, operations: true };
  return {
    origin: '-c',
    run: async (session, emit) => (await session.batch([source], options, emit)).status,
  };
}

function exportOf(words: readonly string[]): Plan | undefined {
  const isFull = words.length === 1 && words[0] === '--full';
  if (words.length > 0 && !isFull) return undefined;
  const text = isFull ? 'show full-configuration' : 'show';
  return { origin: 'export', run: async (session, emit) => (await session.execute(text, emit)).status };
}

const switches = ['check', 'keep-going', 'skip-unknown'] as const;

function importOf(words: readonly string[]): Plan | undefined {
  const names = words.filter((word) => !word.startsWith('-'));
  const given = words.filter((word) => word.startsWith('-'));
  const isUsual = given.every((word) => switches.some((known) => word === `--${known}`));
  if (names.length === 0 || !isUsual || !names.every((name) => existsSync(name))) return undefined;
  const options = {
    check: given.includes('--check'),
    keepGoing: given.includes('--keep-going'),
    skipUnknown: given.includes('--skip-unknown'),
    operations: false,
  };
  const run = async (session: Session, emit: Emit): Promise<number> => {
    const sources = names.map((name) => ({ name, bytes: readFileSync(name) }));
    return (await session.batch(sources, options, emit)).status;
  };
  return { origin: `import ${names.join(' ')}`, run };
}

/** A plain word of sh(1), one in single quotes, or one in double quotes without an expansion. */
const word = /^(?:[\w@%+=:,./-]+|'[^']*'|"(?:[^"\\$`]|\\["\\$`])*")+/;
const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|[^'"]+/g;

/** The words of a command line; undefined where it is more than one command and its words. */
function wordsOf(command: string): string[] | undefined {
  const words: string[] = [];
  for (let rest = command.trim(); rest !== ''; ) {
    const written = word.exec(rest)?.[0];
    if (written === undefined) return undefined;
    words.push(
      written.replaceAll(piece, (plain, single?: string, double?: string) => {
        return single ?? double?.replace(/\\(.)/g, '$1') ?? plain;
      }),
    );
    rest = rest.slice(written.length);
    if (rest !== '' && !rest.startsWith(' ')) return undefined;
    rest = rest.trimStart();
  }
  return words;
}
