import type { ReplayOrder } from '../../system/replay-order.ts';
import type { Problem } from '../faults/problem.ts';
import type { Assistance, Question } from '../typing/assistance.ts';
import type { LiveView } from './live-view.ts';

/** A piece of what a session answers. */
export type ReplyPart =
  /** `screen`: what a screen shows to a person instead. */
  | { readonly kind: 'output'; readonly text: string; readonly screen?: string }
  /** For the person, not for a pipe: what was done, what to mind. */
  | { readonly kind: 'notice'; readonly text: string }
  /** In one line what was done, for a person; a program has the exit status. */
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** For a file where the client runs. `append` goes on with it; `overwrite`: what it held before may be lost. */
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly text: string;
      readonly append: boolean;
      readonly overwrite: boolean;
    }
  /** The command waits for `answer` with the text of a file where the client runs, of at most `longest` bytes. */
  | { readonly kind: 'file-wanted'; readonly name: string; readonly longest: number }
  /** The command waits for `answer` with the report of a replay. */
  | { readonly kind: 'replay-wanted'; readonly order: ReplayOrder }
  /**
   * In place of the view before it. The command waits for `answer` with what a key asks for, but not for long; it ends
   * when it is interrupted.
   */
  | { readonly kind: 'live'; readonly view: LiveView }
  /** What follows is not to be stopped at each screenful. */
  | { readonly kind: 'unpaged' }
  /** The command waits for `answer`. */
  | { readonly kind: 'question'; readonly question: Question };

/** What a client says to a command that waits: a text, nothing, or why it can't give one. */
export type Answer = string | null | { readonly reason: string };

export type Emit = (part: ReplyPart) => void;

/** Resolves when the client has read what it was told, or has gone. */
export type Drained = () => Promise<void>;

/** Of a client that is never behind. */
export const atOnce: Drained = () => Promise.resolve();

/** 0 done, 1 rejected, 2 wrong usage: the exit status. */
export type Status = 0 | 1 | 2;

export type Outcome = {
  readonly status: Status;
  readonly prompt: string;
  /** The session is over: `exit` at the root, or Levee has ended it. */
  readonly closed: boolean;
  /** Levee has ended the session, and the reply says why. */
  readonly revoked: boolean;
  /** The text ends inside a quote or a continued line: nothing was done, and the whole of it is wanted again with more. */
  readonly unfinished: boolean;
  /** It was to show what would change, and nothing would. */
  readonly idle: boolean;
  /** The command that leaves the level where the session stands without saving; null at the root. */
  readonly leave: 'abort' | 'end' | null;
  readonly settings: TerminalSettings;
};

/** What the configuration, or the person for this session alone, wants of the terminal. */
export type TerminalSettings = {
  /** Output that is longer than the screen stops at each screenful. */
  readonly more: boolean;
  /** Minutes without a key after which the session ends. */
  readonly idleMinutes: number;
  /** No escape sequences are wanted, whatever the terminal understands. */
  readonly plain: boolean;
};

export type BatchSource = { readonly name: string; readonly bytes: Uint8Array };

/** `commands` that make the change; `lines` that go and come; `data` as JSON. */
export const changesShown = ['not', 'commands', 'lines', 'data'] as const;

export type ChangesShown = (typeof changesShown)[number];

export type BatchOptions = {
  readonly check: boolean;
  /** What is checked is committed right after, and that tells what there is to know. */
  readonly thenDone: boolean;
  /** How a check shows what would change. */
  readonly changes: ChangesShown;
  readonly keepGoing: boolean;
  readonly skipUnknown: boolean;
  /** What the texts do not name goes: they are the whole configuration. */
  readonly replace: boolean;
  /** What the revision is to say. */
  readonly comment: string;
  /** The VDOM whose tables are taken; null: the only one that has tables of Levee. */
  readonly vdom: string | null;
  /** The texts are to bring a change: where none of what they hold can be taken, that is no success. */
  readonly isImport: boolean;
  /** Whether `execute` and `diagnose` may run; not in `import`. */
  readonly operations: boolean;
  /** The texts are of files that were named, which takes a permission. Without a text it is only asked for. */
  readonly named: boolean;
  /** The texts go on where the session stands, and it stands where they end. */
  readonly here: boolean;
};

/** All texts or nothing of them, and no operations. */
export const strictBatch: BatchOptions = {
  check: false,
  thenDone: false,
  changes: 'not',
  keepGoing: false,
  skipUnknown: false,
  replace: false,
  comment: '',
  vdom: null,
  isImport: false,
  operations: false,
  named: false,
  here: false,
};

/** A session as its client sees it, in the same process or behind a socket. Everything that crosses is plain data. */
export interface Session extends Assistance {
  /** Resolves with the reason when Levee ends the session and no command runs that could say so; else never. */
  readonly revoked: Promise<string>;
  /** Resolves with the reason when whoever serves the session is gone. Absent: it is this process. */
  readonly lost?: Promise<Error> | undefined;
  /** Runs what was typed at the prompt, line by line; each top-level `next` or `end` commits. */
  execute(text: string, emit: Emit, drained?: Drained): Promise<Outcome>;
  /** Runs whole texts as one transaction. */
  batch(
    sources: readonly BatchSource[],
    options: BatchOptions,
    emit: Emit,
    drained?: Drained,
  ): Promise<Outcome>;
  /** Answers what the running command has asked; null = the person won't say. */
  answer(value: Answer): void;
  /** The outcome of doing nothing: where the session stands. */
  state(): Promise<Outcome>;
  /** Stops the command that is running, if any. */
  interrupt(): void;
  close(): void;
}
