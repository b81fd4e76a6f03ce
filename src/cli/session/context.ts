import type { Word } from '../../../grammar/word.ts';
import type { Requirement } from '../../access/permissions.ts';
import type { Model } from '../../model/model.ts';
import type { Draft } from '../../store/draft.ts';
import type { CommitOptions } from '../../system/configuration.ts';
import type { KeptState } from '../../system/kept-state.ts';
import type { OwnPassword } from '../../system/login.ts';
import type { Ping } from '../../system/ping.ts';
import type { ReplayOrder, ReplayPlans, ReplayReport } from '../../system/replay-order.ts';
import type { DoorAccess } from '../../system/reports/doors.ts';
import type { LoggedUsers } from '../../system/reports/logged-users.ts';
import type { System } from '../../system/system.ts';
import type { Fault, Faults, SourceText } from '../faults/problem.ts';
import type { Printed } from '../printing/lines/printed.ts';
import type { Question } from '../typing/assistance.ts';
import type { Levels, RowLevel } from './levels.ts';
import type { LiveView } from './live-view.ts';
import type { BatchOptions } from './session.ts';
import type { LogFilter } from './settings/log-filter.ts';
import type { PingSettings } from './settings/ping-settings.ts';
import type { SessionTransactions } from './transaction/session-transaction.ts';

/** Someone at a prompt. */
export type Person = {
  /** Null: they won't say. */
  ask(question: Question): Promise<string | null>;
  /** Runs commands in their name as one transaction; what is wrong with these is told at once. */
  run(commands: readonly string[]): Promise<Faults>;
  /** Says something beside the output. */
  remark(text: string): void;
  /** Whether output stops at each screenful, in this session alone. */
  setPaging(more: boolean): void;
  /** Undefined: they have no account. */
  readonly password: OwnPassword | undefined;
};

/** What a client gave, or why there is nothing. */
export type Given<Key extends string, T> = { readonly [key in Key]: T } | { readonly fault: Fault };

/** `refused`: something is wrong, or it was not applied. `idle`: it was to show what would change, and nothing would. */
export type RunText = 'refused' | 'idle' | 'done';

/** What a command needs until that is released. */
export type Need = {
  /** Others have taken it. */
  readonly isLost: boolean;
  readonly release: () => void;
};

/** What the program can do that the command came from, where it runs. */
export type Client = {
  /** Resolves when it has read what was shown: a command that goes on by itself waits for it. */
  drained(): Promise<void>;
  /** A file that was named, of at most `longest` bytes of UTF-8, for whoever may have files read. */
  readFile(name: Word, longest: number): Promise<Given<'source', SourceText>>;
  /** Runs a text as one transaction of its own, and tells what is wrong with it. */
  runText(source: SourceText, options: Partial<BatchOptions>): Promise<RunText>;
  /** Replays a capture that was named, for whoever may name the files of the order; gives its report. */
  replay(order: ReplayOrder, capture: Word): Promise<Given<'report', ReplayReport>>;
  /** What it needs for that. Null: the candidate can't be imported, and it was told why. */
  replayPlans(candidate: SourceText | null): Promise<ReplayPlans | null>;
  /** Says what the running command needs. When others take that from its administrator, the command is interrupted. */
  needs(requirement: Requirement): Need;
  /** Aborted when the user interrupts, or the command is interrupted for another reason. */
  readonly signal: AbortSignal;
};

/** At once, or when somebody has answered. */
type Outcome = Faults | Promise<Faults>;

/** Where changes go that are whole: into the store, or into the transaction of a batch. */
export type Changes = {
  /** A top-level row that is closed. */
  save(level: RowLevel): Outcome;
  /** What needs no `next`: `delete`, `rename` and the like in a top-level table. */
  apply(draft: Draft): Outcome;
  /** A transaction of its own, also in a batch. */
  commit(draft: Draft, options?: CommitOptions): Committed | Promise<Committed>;
};

/** What became of a commit. A batch has told its faults already. */
export type Committed = {
  readonly faults: Faults;
  /** Null: it has changed nothing, or was refused. */
  readonly revision: number | 'pending' | null;
};

/** What a verb works on. */
export type Context = {
  readonly levels: Levels;
  readonly model: Model;
  /** The running enforcer, where there is one. */
  readonly system: System | undefined;
  /** What can be asked for whether it runs or not. */
  readonly kept: () => Promise<KeptState>;
  /** A batch has nobody to ask: there a command is meant as it stands. */
  readonly person: Person | undefined;
  readonly client: Client;
  readonly changes: Changes;
  readonly transactions: SessionTransactions;
  /** Who has a session now. */
  readonly users: LoggedUsers;
  /** The doors on the network, where Levee runs. */
  readonly doors: DoorAccess | undefined;
  /** What there may be of entries that are not committed, where there is no room for more. */
  full(): string | undefined;
  /** Which log records the session wants to see. */
  readonly logFilter: LogFilter;
  readonly ping: Ping;
  /** How the session pings. */
  readonly pingSettings: PingSettings;
  /** Shows what the command found. */
  print(printed: Printed): void;
  /** Resolves when all of it is on its way to the client; undefined: it is. Rejects where a line could not be made. */
  printed(): Promise<void> | undefined;
  /**
   * Shows a view in place of the one before. Resolves to what a key asks for within so many milliseconds; null: none
   * does. Absent where there is nobody who looks, or a pipe takes what is shown.
   */
  readonly live: ((view: LiveView, milliseconds: number) => Promise<string | null>) | undefined;
  /** Ends the session. */
  exit(): void;
};

/** Where a line is being typed. */
export type Position = Pick<Context, 'levels' | 'model' | 'system' | 'transactions' | 'users'>;
