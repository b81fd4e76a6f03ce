import type { Statement, Verb } from '../../grammar/statement.ts';
import type { Context, Faults } from './context.ts';
import type { LevelKind } from './levels.ts';

export type StatementOf<V extends Verb> = Extract<Statement, { verb: V }>;

type Definition<V extends Verb> = {
  readonly verb: V;
  readonly help: string;
  readonly levels: readonly LevelKind[];
  run(context: Context, statement: StatementOf<V>): Faults | Promise<Faults>;
};

/** What the session knows of a verb. Each is a file of `verbs/`. */
export type VerbEntry = {
  readonly verb: Verb;
  readonly help: string;
  readonly levels: readonly LevelKind[];
  run(context: Context, statement: Statement): Faults | Promise<Faults>;
};

export function defineVerb<V extends Verb>(definition: Definition<V>): VerbEntry {
  const { verb, help, levels } = definition;
  const isMine = (statement: Statement): statement is StatementOf<V> => statement.verb === verb;
  return {
    verb,
    help,
    levels,
    run(context, statement) {
      if (!isMine(statement)) throw new Error(`${verb} was given a statement of ${statement.verb}`);
      return definition.run(context, statement);
    },
  };
}
