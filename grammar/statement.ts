/**
 * What the grammar makes of a text: statements and problems, in the order in which they stand.
 * It knows verbs and words; which tables and fields exist is for others to say.
 */

/** A place in a text. `offset` and `length` count UTF-16 code units; `line` and `column` count from 1, columns in characters. */
export type Span = {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
};

/** One word with its quoting undone. `quoted` tells `"10"` from `10`. */
export type Word = {
  readonly text: string;
  readonly span: Span;
  readonly quoted: boolean;
  /** Of a word that is put together, as `a"b c"` is: characters of `text` before the first joint. */
  readonly joint?: number;
};

type Base<V extends string> = { readonly kind: 'statement'; readonly verb: V; readonly span: Span };

type PathStatement<V extends string> = Base<V> & { readonly path: readonly Word[] };
/** `pipes`: the words after each `|`. */
type Printing = { readonly pipes: readonly (readonly [Word, ...Word[]])[] };
type KeyStatement<V extends string> = Base<V> & { readonly key: Word };
type FieldStatement<V extends string> = Base<V> & { readonly field: Word };
type ValueStatement<V extends string> = FieldStatement<V> & { readonly values: readonly Word[] };
type PairStatement<V extends string> = Base<V> & { readonly from: Word; readonly to: Word };

export type Statement =
  | PathStatement<'config'>
  | KeyStatement<'edit'>
  | KeyStatement<'delete'>
  | ValueStatement<'set'>
  | ValueStatement<'append'>
  | ValueStatement<'unselect'>
  | ValueStatement<'select'>
  | FieldStatement<'unset'>
  | FieldStatement<'clear'>
  | Base<'next'>
  | Base<'end'>
  | Base<'abort'>
  | Base<'purge'>
  | Base<'exit'>
  | PairStatement<'rename'>
  | PairStatement<'clone'>
  | (Base<'move'> & { readonly key: Word; readonly side: 'before' | 'after'; readonly other: Word })
  | (PathStatement<'get'> & Printing)
  | (PathStatement<'show'> & Printing & { readonly full: boolean })
  | (PathStatement<'tree'> & Printing)
  | (Base<'execute'> & Printing & { readonly words: readonly Word[] })
  | (Base<'diagnose'> & Printing & { readonly words: readonly Word[] });

export type Verb = Statement['verb'];

export type SyntaxProblemKind =
  | 'unknown-verb'
  | 'ambiguous-verb'
  | 'incomplete'
  | 'unexpected-word'
  | 'unclosed-quote'
  | 'nul-character';

/** A line that is no statement. `span` is the offending word (for `incomplete`: the place right after the last word). */
export type SyntaxProblem = {
  readonly kind: 'problem';
  readonly problem: SyntaxProblemKind;
  readonly span: Span;
  /** The text of the offending word, as typed; empty for `incomplete`. */
  readonly word: string;
  /** The verb of the line where it is known: a caller can tell `edit` without a key from noise. */
  readonly verb?: Verb;
  /** What should have stood there, in words for a person. */
  readonly expected: string;
  /** For `ambiguous-verb`: every verb that begins so. For `unknown-verb`: the nearest verb, if any is near. */
  readonly candidates: readonly Verb[];
};

export type Item = Statement | SyntaxProblem;
