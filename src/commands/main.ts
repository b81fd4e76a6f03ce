import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from '../cli/login.ts';
import { openStateDirectory, type StateDirectory } from '../daemon/state-directory.ts';
import { type Command, UsageError } from './command.ts';
import { readCredentials } from './credentials.ts';
import { readOptions } from './options.ts';
import { runWithoutCommand } from './without-command.ts';

/** Modules of this folder that are no command. */
const parts = new Set([
  'main',
  'command',
  'options',
  'attach',
  'input',
  'output',
  'terminal',
  'without-command',
]);

async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(await usage());
    return 0;
  }
  const open = (): StateDirectory => openStateDirectory(options.state, process.env);
  const credentials = (): Credentials => readCredentials(options, process.env);
  if (options.command === undefined) return runWithoutCommand({ open, credentials }, options.commands);
  if (options.commands.length > 0) throw new UsageError('-c does not go with a command');
  const command = await load(options.command);
  return command.run({ open, credentials, words: options.words });
}

async function load(name: string): Promise<Command> {
  const file = join(import.meta.dirname, `${name}.ts`);
  if (!/^[a-z]+$/.test(name) || parts.has(name) || !existsSync(file))
    throw new UsageError(`no such command: ${name}`);
  const module: { default: Command } = await import(file);
  return module.default;
}

async function usage(): Promise<string> {
  const names = readdirSync(import.meta.dirname)
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => !parts.has(name));
  const commands = await Promise.all(names.map(async (name) => ({ name, ...(await load(name)) })));
  const lines = commands.map(({ name, parameters, help }) => `  levee ${name} ${parameters}\n      ${help}`);
  return [
    'Levee: an inline flood guard for TCP services',
    '',
    '  levee [--state DIR] [--user NAME]\n      The prompt; without a terminal, commands from standard input',
    "  levee [--state DIR] [--user NAME] -c 'COMMAND' [-c ...]\n      Run commands, print, exit",
    '  The password of --user is in $LEVEE_PASSWORD, or the first line of --password-file FILE.',
    ...lines,
    '',
  ].join('\n');
}

// Everything that Levee writes is for its owner alone.
process.umask(0o077);
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const [message] = (error instanceof Error ? error.message : String(error)).split('. To specify');
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`levee: ${message}\n${isUsage ? 'Try "levee --help".\n' : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}
