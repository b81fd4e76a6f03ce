import { shapes, type Verb } from '../../../grammar/shapes.ts';
import type { Item, Statement, SyntaxProblem } from '../../../grammar/statement.ts';
import type { Table } from '../../../schemas/table.ts';
import type { ModelFault } from '../../model/fault.ts';
import type { Model } from '../../model/model.ts';
import { closedTo, missingPermission, unwritable } from '../../model/permission.ts';
import { MatchingTooLong } from '../../text/pattern.ts';
import { done, type Fault, type Faults } from '../faults/problem.ts';
import type { Language } from '../language/language.ts';
import { commandMeant } from '../language/meant.ts';
import type { VerbEntry } from '../language/verb.ts';
import { type Printed, paced } from '../printing/lines/printed.ts';
import { NotForPipe, prepareChain } from '../printing/pipe.ts';
import { existingKeys } from '../typing/suggestion.ts';
import { resolveField } from '../words/fields.ts';
import type { Context, Position } from './context.ts';
import type { LevelKind, Levels } from './levels.ts';

/** Where a session stands, for what can be said there. */
type Standing = Pick<Levels, 'kind' | 'row'>;

/** Verbs that may be entered at a level; those for lists only where a row has any. */
export function verbsAt({ verbs }: Language, { kind, row }: Standing): Verb[] {
  const here = verbs().filter(({ levels }) => levels.includes(kind));
  return here.filter(({ lists }) => !lists || row?.table.hasLists).map(({ verb }) => verb);
}

/** Those of them that could be run there now: their object exists, and it is theirs to change. */
export function verbsOffered(language: Language, position: Position): Verb[] {
  const { levels, model } = position;
  return verbsAt(language, levels).filter((verb) => {
    const entry = language.verb(verb);
    if (entry === undefined) return false;
    if (levels.top !== undefined && barred(model, levels.top.table, entry) !== undefined) return false;
    if (entry.entries && existingKeys(position, '').length === 0) return false;
    return shapes[verb] !== 'table' || entry.suggest(position, [], '', language.operations).length > 0;
  });
}

/** Runs one item where the session stands. */
export function perform(language: Language, context: Context, item: Item): Faults | Promise<Faults> {
  if (item.kind === 'problem') return [syntaxFault(language, context.levels, item)];
  const misplaced = misplacement(language, context.levels, item);
  if (misplaced !== undefined) return [misplaced];
  const entry = language.verb(item.verb);
  if (entry === undefined) throw new Error(`verb ${item.verb} has no file`);
  const { table } = context.levels.top ?? {};
  const refused = context.levels.row?.phantom === true;
  const forbidden = table === undefined ? undefined : barred(context.model, table, entry);
  if (forbidden !== undefined) return placed(following([forbidden], refused), item);
  const full = adding.has(item.verb) ? context.full() : undefined;
  if (full !== undefined) return placed([{ error: 'beyond-limit', word: item.verb, expected: full }], item);
  const piped = 'pipes' in item && item.pipes.length > 0 ? pipedContext(language, context, item) : unpiped;
  if ('fault' in piped) return [piped.fault];
  const own = piped.context ?? context;
  const faults = entry.run(own, item, language.operations);
  if (faults instanceof Promise || context.printed() !== undefined)
    return finish(faults instanceof Promise ? faults : following(faults, refused), own, piped, item);
  piped.release();
  const ofPipes = piped.faults();
  if (faults.length === 0 && ofPipes.length === 0) return done;
  return placed([...following(withCommand(language, faults, item), refused), ...ofPipes], item);
}

/** Resolves when the statement is over, and all that it shows is on its way. */
async function finish(
  running: Faults | Promise<Faults>,
  context: Context,
  piped: Piped,
  statement: Statement,
): Promise<Faults> {
  try {
    const faults = await running;
    await context.printed()?.catch(piped.failed);
    return placed([...faults, ...piped.faults()], statement);
  } finally {
    piped.release();
  }
}

/** Why a verb can't be used in a table: also whoever was let in may have been demoted since. */
function barred(model: Model, table: Table, { verb, changes }: VerbEntry): ModelFault | undefined {
  if (changes) return unwritable(model, table);
  return leaving.has(verb) ? undefined : closedTo(model, table);
}

/** What they save is asked for at the commit. */
const leaving: ReadonlySet<Verb> = new Set(['abort', 'end', 'exit', 'next']);

/** Verbs after which there may be more entries than before. */
const adding: ReadonlySet<Verb> = new Set(['edit', 'clone']);

/** Whoever was refused a row needs not hear that of all that stands in it. */
function following(faults: Faults, refused: boolean): Faults {
  return faults.map((fault) =>
    refused && fault.error === 'permission' ? { ...fault, consequence: true } : fault,
  );
}

/** The pipes of a statement, where it has any. */
type Piped = {
  /** In which it prints through them; undefined: in that of the session. */
  readonly context: Context | undefined;
  /** What the pipes could not do. */
  readonly faults: () => Faults;
  /** A line could not be made. Throws where that is no fault of a pipe. */
  readonly failed: (error: unknown) => void;
  /** The statement is over. */
  readonly release: () => void;
};

function pipedContext(
  { pipes }: Language,
  context: Context,
  statement: Extract<Statement, { readonly pipes: unknown }>,
): Piped | { readonly fault: Fault } {
  const prepared = prepareChain(pipes(), statement.pipes);
  if ('fault' in prepared) return prepared;
  for (const { requirement, word } of prepared.requirements) {
    const missing = missingPermission(context.model, requirement);
    if (missing !== undefined) return { fault: { ...missing, span: word.span } };
  }
  let goesOn = false;
  let faults = done;
  const failed = (error: unknown): void => {
    if (error instanceof NotForPipe) {
      faults = [error.fault];
      return;
    }
    if (!(error instanceof MatchingTooLong)) throw error;
    const span = statement.pipes.flat().find(({ text }) => text === error.pattern)?.span;
    faults = [{ error: 'beyond-limit', word: error.pattern, span, expected: error.message }];
  };
  const print = (printed: Printed): void => {
    if (faults.length > 0) return;
    try {
      context.print({ ...prepared.filter({ ...printed, lines: paced(printed.lines) }), goesOn });
      goesOn = true;
    } catch (error) {
      failed(error);
    }
  };
  const needs = prepared.requirements.map(({ requirement }) => context.client.needs(requirement));
  const release = (): void => {
    for (const each of needs) each.release();
  };
  return { context: { ...context, print, live: undefined }, faults: () => faults, failed, release };
}

/** One for all statements: an import has some hundred thousands. */
const unpiped: Piped = {
  context: undefined,
  faults: () => done,
  failed: (error) => {
    throw error;
  },
  release: () => undefined,
};

/** A fault of no word in particular stands at the statement that brought it to light. */
function placed(faults: Faults, { span }: Statement): Faults {
  return faults.map((fault) => (fault.span === undefined ? { ...fault, span } : fault));
}

/** Why a statement can't stand at a level, if so. */
export function misplacement(
  language: Language,
  standing: Standing,
  { verb, span: { offset, line, column } }: Pick<Statement, 'verb' | 'span'>,
): Fault | undefined {
  const { kind } = standing;
  const entry = language.verb(verb);
  if (entry?.levels.includes(kind)) return undefined;
  const span = { offset, line, column, length: verb.length };
  if (entry === undefined) {
    return {
      error: 'unknown-action',
      word: verb,
      span,
      expected: `one of ${verbsAt(language, standing).join(', ')}`,
    };
  }
  const before = openedBy(kind, entry.levels);
  const expected = `"${before}" before it; here these are valid: ${verbsAt(language, standing).join(', ')}`;
  return { error: 'wrong-level', word: verb, span, expected };
}

/** The statement that would lead from one level to a level where a verb is valid. */
function openedBy(kind: LevelKind, wanted: readonly LevelKind[]): Verb {
  if (kind === 'root') return 'config';
  if (kind === 'table') return wanted.includes('row') ? 'edit' : 'end';
  return kind === 'row' && wanted.includes('table') ? 'next' : 'end';
}

const errorOf = {
  'unknown-verb': 'unknown-action',
  'ambiguous-verb': 'ambiguous-word',
  incomplete: 'incomplete',
  'unexpected-word': 'unknown-word',
  'unclosed-quote': 'unclosed-quote',
  'nul-character': 'invalid-text',
  'too-many-words': 'beyond-limit',
} as const;

function syntaxFault(language: Language, standing: Standing, item: SyntaxProblem): Fault {
  const { problem, word, span, candidates } = item;
  const sooner = earlierFault(language, standing, item);
  if (sooner !== undefined) return sooner;
  if (problem !== 'unknown-verb') return { error: errorOf[problem], word, span, expected: item.expected };
  const help =
    word === 'help' || word === '?' ? '; at a prompt "?" shows what may follow what was typed' : '';
  const expected = `one of ${verbsAt(language, standing).join(', ')}${help}`;
  return {
    error: errorOf[problem],
    word,
    span,
    expected,
    nearest: candidates[0] ?? lineMeant(language, standing, word),
  };
}

/** What is meant by a line that begins with another word than a verb. */
function lineMeant(language: Language, standing: Standing, word: string): string | undefined {
  if (standing.row?.table.fields.has(word)) return `set ${word}`;
  const verb = verbsAt(language, standing).find((each) => language.verb(each)?.alsoCalled.includes(word));
  return verb ?? commandMeant(language.operations(), [word]);
}

/** Who asks for what no table holds may mean a command. */
function withCommand({ operations }: Language, faults: Faults, item: Statement): Faults {
  if (!('path' in item)) return faults;
  return faults.map((fault) => {
    const at = item.path.findIndex(({ span }) => span.offset === fault.span?.offset);
    if (fault.error !== 'unknown-word' || fault.nearest !== undefined || at < 0) return fault;
    const meant = commandMeant(
      operations(),
      item.path.slice(0, at + 1).map(({ text }) => text),
    );
    return { ...fault, nearest: meant };
  });
}

/** What is wrong with a line before the place where its form is: the verb has no business here, or no field is called so. */
function earlierFault(
  language: Language,
  standing: Standing,
  { verb, said: [first, field] = [] }: SyntaxProblem,
): Fault | undefined {
  if (verb === undefined || first === undefined) return undefined;
  const misplaced = misplacement(language, standing, { verb, span: first.span });
  if (misplaced !== undefined || shapes[verb] !== 'values') return misplaced;
  if (standing.row === undefined || field === undefined) return undefined;
  const resolved = resolveField(standing.row.table, field);
  return 'fault' in resolved ? resolved.fault : undefined;
}
