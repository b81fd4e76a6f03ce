import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { Permissions } from '../../access/permissions.ts';
import type { SecretKey } from '../../access/secret-key.ts';
import type { Draft } from '../../store/draft.ts';
import type { Author } from '../../store/store.ts';
import type { ReplayOrder, ReplayPlans } from '../../system/replay-order.ts';
import type { CheckScript } from '../../system/script-check.ts';
import type { System } from '../../system/system.ts';
import type { Fault, SourceText } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import type { Pipe } from '../printing/pipe.ts';
import type { Printed } from '../printing/printed.ts';
import type { LogFilter } from '../running/log-filter.ts';
import type { Question } from '../typing/assistance.ts';
import type { Levels, RowLevel } from './levels.ts';

/** What went wrong with a statement; empty: nothing did. */
export type Faults = readonly Fault[];

export const done: Faults = [];

/** Someone at a prompt. */
export type Person = {
  /** Null: they won't say. */
  ask(question: Question): Promise<string | null>;
  /** Runs commands in their name as one transaction; what is wrong with these is told at once. */
  run(commands: readonly string[]): Promise<Faults>;
};

/** A file of the client's, or why it can't be had. */
export type FileReading = { readonly text: string } | { readonly reason: string };

/** What of a context depends on who has sent the command. */
export type OfClient = Pick<Context, 'drained' | 'readFile' | 'replay' | 'replayPlans' | 'signal'>;

/** What a verb works on. */
export type Context = {
  readonly catalogue: Catalogue;
  readonly levels: Levels;
  readonly operations: readonly Operation[];
  /** What the administrator may see and change. */
  readonly permissions: Permissions;
  /** In whose name it runs. */
  readonly author: Author;
  /** Under which secrets are kept that can be had back. */
  readonly secretKey: SecretKey;
  /** Which log records the session wants to see. */
  readonly logFilter: LogFilter;
  /** The running enforcer, where there is one. */
  readonly system: System | undefined;
  readonly pipes: readonly Pipe[];
  /** Shows what the command found. */
  print(printed: Printed): void;
  /** Resolves when the client has read what was shown: a command that goes on by itself waits for it. */
  drained(): Promise<void>;
  /** Says something to the person who types; a batch keeps silent. */
  remark(text: string): void;
  /** Whoever types; a batch has nobody to ask: there a command is meant as it stands. */
  readonly person: Person | undefined;
  /** Asks the client for a file where it runs, of at most `longest` bytes of UTF-8. */
  readFile(name: string, longest: number): Promise<FileReading>;
  /** Has the client replay a capture; gives the text of its report. */
  replay(order: ReplayOrder): Promise<FileReading>;
  /** Null: the candidate can't be imported, and was told why. */
  replayPlans(candidate: SourceText | null): Promise<ReplayPlans | null>;
  readonly checkScript: CheckScript;
  /** Changes what holds for this session alone. */
  setPaging(more: boolean): void;
  /** Takes a top-level row that is closed: into the store, or into the transaction of a batch. */
  save(level: RowLevel): Faults;
  /** Takes changes that need no `next`: of `delete`, `rename` and the like in a top-level table. */
  apply(draft: Draft): Faults;
  /** Takes changes as a transaction of their own, also in a batch. */
  commit(draft: Draft): Faults | Promise<Faults>;
  /** Whether a row of that name was opened before in this text and could not be taken, so that it is no news that it is missing. */
  isRejected(table: string, key: string): boolean;
  /** Ends the session. */
  exit(): void;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
};
