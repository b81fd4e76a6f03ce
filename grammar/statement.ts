import type { Parts, shapes, Verb } from './shapes.ts';
import type { Span, Word } from './word.ts';

/**
 * What the grammar makes of a text: statements and problems, in the order in which they stand.
 * It knows verbs and words; which tables and fields exist is for others to say.
 */

/** What a line says: its verb, and by the shape of that what else. */
export type Statement = {
  [V in Verb]: {
    readonly kind: 'statement';
    readonly verb: V;
    readonly span: Span;
  } & Parts[(typeof shapes)[V]];
}[Verb];

export type StatementOf<V extends Verb> = Extract<Statement, { readonly verb: V }>;

export type SyntaxProblemKind =
  | 'unknown-verb'
  | 'ambiguous-verb'
  | 'incomplete'
  | 'unexpected-word'
  | 'unclosed-quote'
  | 'nul-character'
  | 'too-many-words';

/** A line that is no statement. `span` is the offending word (for `incomplete`: the place right after the last word). */
export type SyntaxProblem = {
  readonly kind: 'problem';
  readonly problem: SyntaxProblemKind;
  readonly span: Span;
  /** The text of the offending word, as typed; empty for `incomplete`. */
  readonly word: string;
  /** The verb of the line where it is known: a caller can tell `edit` without a key from noise. */
  readonly verb?: Verb;
  /** Where the verb of the line is known, the words that were read before the mistake, the verb's first. */
  readonly said?: readonly Word[];
  /** What should have stood there, in words for a person. */
  readonly expected: string;
  /** For `ambiguous-verb`: every verb that begins so. For `unknown-verb`: the nearest verb, if any is near. */
  readonly candidates: readonly Verb[];
};

export type Item = Statement | SyntaxProblem;
