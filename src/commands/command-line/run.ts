import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStateDirectory, type StateDirectory } from '../../daemon/state/state-directory.ts';
import type { Credentials } from '../../system/login.ts';
import { productVersion } from '../../system/version.ts';
import { nearest } from '../../text/nearest.ts';
import { messageOf, reasonOf } from '../../text/reason.ts';
import type { Caller } from '../io/caller.ts';
import { harmlessCaller } from '../io/harmless-caller.ts';
import { runWithoutCommand } from '../session/without-command.ts';
import { type Command, UsageError } from './command.ts';
import { readCredentials } from './credentials.ts';
import { readOptions } from './options.ts';
import { commandUsage, inRows } from './usage.ts';

const commands = join(import.meta.dirname, '..');

/** A file each, beside the one that a process begins with. */
function commandNames(): string[] {
  return readdirSync(commands)
    .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/** Runs what stands behind `levee` on a command line. Resolves to the exit status; what went wrong the caller is told. */
export async function runCommandLine(words: readonly string[], stranger: Caller): Promise<number> {
  const caller = harmlessCaller(stranger);
  try {
    return await run(words, caller);
  } catch (error) {
    const [message] = messageOf(error).split('. To specify');
    const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
    caller.report(`levee: ${message}`);
    if (!isUsage) return 1;
    caller.report('Try "levee --help".');
    return 2;
  }
}

async function run(args: readonly string[], caller: Caller): Promise<number> {
  const options = readOptions(args);
  const asked = options.command === 'help' ? options.words[0] : options.command;
  if (options.help || options.command === 'help') {
    caller.output(
      asked === undefined || asked === 'help' ? await usage() : commandUsage(asked, await load(asked)),
    );
    return 0;
  }
  if (options.version) {
    caller.output(`Levee ${productVersion}\n`);
    return 0;
  }
  const open = (): StateDirectory => stateDirectory(options.state, caller.environment, 'make');
  const openToRead = (): StateDirectory => stateDirectory(options.state, caller.environment, 'read');
  const credentials = (): Credentials => readCredentials(options, caller.environment);
  if (options.command === undefined)
    return runWithoutCommand({ open, openToRead, credentials, caller }, options.commands);
  if (options.commands.length > 0) throw new UsageError('-c does not go with a command');
  const command = await load(options.command);
  return command.run({ open, openToRead, credentials, words: options.words, caller });
}

function stateDirectory(
  chosen: string | undefined,
  environment: NodeJS.ProcessEnv,
  use: 'make' | 'read',
): StateDirectory {
  try {
    return openStateDirectory(chosen, environment, use);
  } catch (error) {
    if (!(error instanceof Error && 'path' in error)) throw error;
    throw new Error(`can't use the state directory: ${reasonOf(error)}: ${String(error.path)}`);
  }
}

async function load(name: string): Promise<Command> {
  const names = commandNames();
  if (!names.includes(name)) {
    const meant = nearest(name, [...names, 'help']);
    throw new UsageError(
      `no such command: ${name}${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    );
  }
  const module: { default: Command } = await import(pathToFileURL(join(commands, `${name}.ts`)).href);
  return module.default;
}

async function usage(): Promise<string> {
  const commands = await Promise.all(commandNames().map(async (name) => ({ name, ...(await load(name)) })));
  const lines = commands.map(
    ({ name, parameters, help }) => `${inRows(`  levee ${name} `, parameters)}\n${inRows('      ', help)}`,
  );
  return [
    'Levee: an inline flood guard for TCP services',
    '',
    '  levee [--state DIR] [--user NAME]\n      The prompt; without a terminal, commands from standard input',
    "  levee [--state DIR] [--user NAME] -c 'COMMAND' [-c ...]\n      Run commands, print, exit",
    '  levee help [COMMAND], levee COMMAND --help\n      What a command takes, and an example',
    '  levee --version',
    ...lines,
    '',
    'DIR holds configuration and logs; without --state it is $LEVEE_STATE_DIR,',
    '$XDG_STATE_HOME/levee or ~/.local/state/levee. The password of --user is in',
    '$LEVEE_PASSWORD, or the first line of --password-file FILE.',
    'Exit status: 0 done, 1 rejected, 2 wrong usage.',
    '',
  ].join('\n');
}
