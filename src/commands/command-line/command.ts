import type { StateDirectory } from '../../daemon/state/state-directory.ts';
import type { Credentials } from '../../system/login.ts';
import type { Caller } from '../io/caller.ts';

/** On which state directory a command works, for whom, and who has called it. */
export type Entry = {
  /** Opens the state directory that was named, or the standard one. It is made where it does not exist. */
  readonly open: () => StateDirectory;
  /** As `open`, for what only reads: throws where the directory does not exist. */
  readonly openToRead: () => StateDirectory;
  /** What the command line and the environment say of who this is. */
  readonly credentials: () => Credentials;
  readonly caller: Caller;
};

/** What `bin/levee` was given, apart from the name of the command. */
export type Invocation = Entry & { readonly words: readonly string[] };

/** An option of a command, as `parseArgs` of Node takes it, and what it means. */
export type CommandOption = {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: boolean | string;
  /** What follows it. */
  readonly value?: string;
  readonly help: string;
};

export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** A command of `bin/levee`. Each is a file directly in `src/commands/` that exports one; its name is the file's. */
export type Command = {
  /** What follows its name, for the usage line. */
  readonly parameters: string;
  readonly help: string;
  /** Lines that say more. */
  readonly about?: readonly string[];
  readonly options?: CommandOptions;
  readonly examples: readonly string[];
  /** Resolves to the exit status. Throws `UsageError` for words that make no sense. */
  run(invocation: Invocation): Promise<number>;
};

/** The command line makes no sense: exit status 2. */
export class UsageError extends Error {}
