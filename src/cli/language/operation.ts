import type { Word } from '../../../grammar/word.ts';
import type { OperationRequirement, Requirement } from '../../access/permissions.ts';
import type { Faults } from '../faults/problem.ts';
import type { Context } from '../session/context.ts';
import type { Suggest } from '../typing/suggestion.ts';

/** All that there are, loaded when they are first asked for. */
export type Operations = () => readonly Operation[];

/** A command of `execute` or `diagnose`, or a `get` of what no table holds. Each is a file of `operations/`. */
export type Operation = {
  readonly verb: 'execute' | 'diagnose' | 'get';
  /** Words after the verb that name it. */
  readonly words: readonly string[];
  /** What it is called elsewhere, for who says that here. */
  readonly alsoCalled?: readonly string[];
  /** What follows them, for a person. */
  readonly parameters: string;
  readonly help: string;
  readonly requires: OperationRequirement;
  /** It reads or writes files that its words name, which takes this as well, and is for nobody who came through a door. */
  readonly files?: Requirement;
  /**
   * What it is to a program that comes through a door: it `reads`, or it `acts`. `console`: it is for a session that goes
   * on, as a dialogue, a file of the client or what only that session sees.
   */
  readonly api: 'reads' | 'acts' | 'console';
  run(context: Context, parameters: readonly Word[]): Faults | Promise<Faults>;
  /** What may follow these parameters. */
  readonly suggest: Suggest;
};
