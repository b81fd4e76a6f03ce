import type { Item, Statement, SyntaxProblem, Verb } from '../../grammar/statement.ts';
import type { Context, Faults } from './context.ts';
import type { Language } from './language.ts';
import type { LevelKind } from './levels.ts';
import type { Fault } from './problem.ts';

/** Verbs that may be entered at a level. */
export function verbsAt({ verbs }: Language, kind: LevelKind): Verb[] {
  return [...verbs.values()].filter(({ levels }) => levels.includes(kind)).map(({ verb }) => verb);
}

/** Runs one item where the session stands. */
export function perform(language: Language, context: Context, item: Item): Faults | Promise<Faults> {
  if (item.kind === 'problem') return [syntaxFault(item)];
  const misplaced = misplacement(language, context.levels.kind, item);
  if (misplaced !== undefined) return [misplaced];
  const entry = language.verbs.get(item.verb);
  if (entry === undefined) throw new Error(`verb ${item.verb} has no file`);
  const faults = entry.run(context, item);
  return faults instanceof Promise ? faults.then((settled) => placed(settled, item)) : placed(faults, item);
}

/** A fault of no word in particular stands at the statement that brought it to light. */
function placed(faults: Faults, { span }: Statement): Faults {
  return faults.map((fault) => (fault.span === undefined ? { ...fault, span } : fault));
}

/** Why a statement can't stand at a level, if so. */
export function misplacement(language: Language, kind: LevelKind, statement: Statement): Fault | undefined {
  const entry = language.verbs.get(statement.verb);
  const { offset, line, column } = statement.span;
  const span = { offset, line, column, length: statement.verb.length };
  if (entry === undefined) {
    return {
      error: 'unknown-action',
      word: statement.verb,
      span,
      expected: `one of ${verbsAt(language, kind).join(', ')}`,
    };
  }
  if (entry.levels.includes(kind)) return undefined;
  const expected = `${places[kind]}, where these are valid: ${verbsAt(language, kind).join(', ')}`;
  return { error: 'wrong-level', word: statement.verb, span, expected };
}

const places: Record<LevelKind, string> = {
  root: 'it stands at the top level',
  table: 'it stands in a table with no entry open',
  row: 'it stands in an entry',
  singleton: 'it stands in a singleton',
};

const errorOf = {
  'unknown-verb': 'unknown-action',
  'ambiguous-verb': 'ambiguous-word',
  incomplete: 'incomplete',
  'unexpected-word': 'unknown-word',
  'unclosed-quote': 'unclosed-quote',
  'nul-character': 'invalid-text',
} as const;

export function syntaxFault({ problem, word, span, expected, candidates }: SyntaxProblem): Fault {
  const nearest = problem === 'unknown-verb' ? candidates[0] : undefined;
  return { error: errorOf[problem], word, span, expected, nearest };
}
