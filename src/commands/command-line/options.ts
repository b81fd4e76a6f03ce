import { UsageError } from './command.ts';

/** The options of `bin/levee` itself, and the command with its words. */
export type Options = {
  readonly state: string | undefined;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
  /** Of each `-c`. */
  readonly commands: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
  readonly command: string | undefined;
  readonly words: readonly string[];
};

/** `--state`, `--user` and `--password-file` may follow the name of the command; all else behind it belongs to the command. */
export function readOptions(args: readonly string[]): Options {
  let state: string | undefined;
  let user: string | undefined;
  let passwordFile: string | undefined;
  let command: string | undefined;
  let help = false;
  let version = false;
  const commands: string[] = [];
  const words: string[] = [];
  const queue = [...args];
  const value = (option: string): string => {
    const next = queue.shift();
    if (next === undefined) throw new UsageError(`${option} needs a value`);
    return next;
  };
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--state') state = value(word);
    else if (word.startsWith('--state=')) state = word.slice('--state='.length);
    else if (word === '--user') user = value(word);
    else if (word === '--password-file') passwordFile = value(word);
    else if (word === '--help' || word === '-h') help = true;
    else if (command !== undefined) words.push(word);
    else if (word === '--version') version = true;
    else if (word === '-c') commands.push(value(word));
    else if (word.startsWith('-')) throw new UsageError(`no such option: ${word}`);
    else command = word;
  }
  return { state, user, passwordFile, commands, help, version, command, words };
}
