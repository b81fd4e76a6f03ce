import type { Statement, Verb, Word } from '../../../grammar/statement.ts';
import type { Context, Faults } from '../session/context.ts';
import type { LevelKind } from '../session/levels.ts';
import type { Suggestion } from '../typing/suggestion.ts';

export type StatementOf<V extends Verb> = Extract<Statement, { verb: V }>;

type Definition<V extends Verb> = {
  readonly verb: V;
  readonly help: string;
  readonly levels: readonly LevelKind[];
  run(context: Context, statement: StatementOf<V>): Faults | Promise<Faults>;
  suggest?: Suggest;
  /** Its output can be piped. */
  readonly pipes?: boolean;
  /** It changes the table where it stands: that takes w or rw on its area. */
  readonly changes?: boolean;
  /** It is for lists: where a row has none, nobody is offered it. */
  readonly lists?: boolean;
};

/** What may stand after the verb and these whole words; `prefix` is what has been typed of it. */
export type Suggest = (place: Place, words: readonly Word[], prefix: string) => readonly Suggestion[];

/** Where a line is being typed. */
export type Place = Pick<Context, 'catalogue' | 'levels' | 'operations' | 'pipes' | 'permissions' | 'system'>;

/** What the session knows of a verb. Each is a file of `verbs/`. */
export type VerbEntry = {
  readonly verb: Verb;
  readonly help: string;
  readonly levels: readonly LevelKind[];
  run(context: Context, statement: Statement): Faults | Promise<Faults>;
  readonly suggest: Suggest;
  readonly pipes: boolean;
  readonly changes: boolean;
  readonly lists: boolean;
};

export function defineVerb<V extends Verb>(definition: Definition<V>): VerbEntry {
  const { verb, help, levels } = definition;
  const isMine = (statement: Statement): statement is StatementOf<V> => statement.verb === verb;
  return {
    verb,
    help,
    levels,
    suggest: definition.suggest ?? (() => []),
    pipes: definition.pipes ?? false,
    changes: definition.changes ?? false,
    lists: definition.lists ?? false,
    run(context, statement) {
      if (!isMine(statement)) throw new Error(`${verb} was given a statement of ${statement.verb}`);
      return definition.run(context, statement);
    },
  };
}
