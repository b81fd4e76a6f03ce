import { isPiped, type Verb } from '../../../grammar/shapes.ts';
import type { Statement, StatementOf } from '../../../grammar/statement.ts';
import type { Word } from '../../../grammar/word.ts';
import type { Faults } from '../faults/problem.ts';
import type { Context, Position } from '../session/context.ts';
import type { LevelKind } from '../session/levels.ts';
import type { Suggestion } from '../typing/suggestion.ts';
import type { Operations } from './operation.ts';

type Definition<V extends Verb> = {
  readonly verb: V;
  readonly help: string;
  readonly levels: readonly LevelKind[];
  run(context: Context, statement: StatementOf<V>, operations: Operations): Faults | Promise<Faults>;
  suggest?: VerbEntry['suggest'];
  /** It changes the table where it stands: that takes w or rw on its area. */
  readonly changes?: boolean;
  /** It is for lists: where a row has none, nobody is offered it. */
  readonly lists?: boolean;
  /** It is for entries that exist: where a table has none, nobody is offered it. */
  readonly entries?: boolean;
  /** What it is called elsewhere, for who says that here. */
  readonly alsoCalled?: readonly string[];
};

/** What the session knows of a verb. Each is a file of `verbs/`. */
export type VerbEntry = {
  readonly verb: Verb;
  readonly help: string;
  readonly levels: readonly LevelKind[];
  /** `operations`: for a verb that runs them. */
  run(context: Context, statement: Statement, operations: Operations): Faults | Promise<Faults>;
  /** What may stand after the verb and these whole words; `prefix` is what has been typed of it. */
  suggest(
    position: Position,
    words: readonly Word[],
    prefix: string,
    operations: Operations,
  ): readonly Suggestion[];
  /** Its output can be piped: its shape says so. */
  readonly pipes: boolean;
  readonly changes: boolean;
  readonly lists: boolean;
  readonly entries: boolean;
  readonly alsoCalled: readonly string[];
};

export function defineVerb<V extends Verb>(definition: Definition<V>): VerbEntry {
  const { verb, help, levels } = definition;
  const isMine = (statement: Statement): statement is StatementOf<V> => statement.verb === verb;
  return {
    verb,
    help,
    levels,
    suggest: definition.suggest ?? (() => []),
    pipes: isPiped(verb),
    changes: definition.changes ?? false,
    lists: definition.lists ?? false,
    entries: definition.entries ?? false,
    alsoCalled: definition.alsoCalled ?? [],
    run(context, statement, operations) {
      if (!isMine(statement)) throw new Error(`${verb} was given a statement of ${statement.verb}`);
      return definition.run(context, statement, operations);
    },
  };
}
