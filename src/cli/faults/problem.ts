import type { Span, Word } from '../../../grammar/word.ts';
import { concealed } from '../../../schemas/concealed.ts';
import { concealedLine, type SecretNames } from '../../access/concealment.ts';
import type { ModelFault } from '../../model/fault.ts';
import { type ErrorName, errors } from '../../system/errors.ts';
import { shortened } from '../../text/shortened.ts';
import { spanWithin } from './span-within.ts';

/** What is wrong, before it is known in which text and at which level. */
export type Fault = Omit<ModelFault, 'argument'> & {
  /** The offending word; `within` is a part of it. */
  readonly span?: Span | undefined;
  /** The text in which it stands, where that is another than the statement's. It holds no secret. */
  readonly source?: SourceText;
  /** The word is one too many. */
  readonly isSurplus?: boolean;
};

/** What went wrong with a statement; empty: nothing did. */
export type Faults = readonly Fault[];

export const done: Faults = [];

/** A word where nothing more may stand. */
export function superfluous({ text, span }: Word): Fault {
  return { error: 'unknown-word', word: text, span, expected: 'the end of the line', isSurplus: true };
}

/** A text that statements come from: a file, standard input, a typed line. */
export type SourceText = {
  /** Shown before line and column; null at a prompt, where the line is in sight. */
  readonly name: string | null;
  readonly text: string;
  /** Some of its bytes were no UTF-8: a U+FFFD stands for them. */
  readonly isDamaged?: boolean;
  /** Where a mistake is in it may be said, and nothing of what it holds. */
  readonly isWithheld?: boolean;
};

/** One mistake, whole: what a terminal prints and what JSON holds. */
export type Problem = {
  readonly error: ErrorName;
  readonly returnCode: number | null;
  readonly message: string;
  readonly source: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /**
   * The line in which it stands, or what is near it in a line that is very long; '' where it stands in none, null where
   * it is not to be shown.
   */
  readonly text: string | null;
  /** Characters of `text` before the mistake. */
  readonly before: number;
  /** Characters of `text` that the mistake spans. */
  readonly length: number;
  /** Words of the `config` and `edit` lines around it. */
  readonly path: readonly string[];
  readonly expected: string;
  readonly nearest: string | null;
};

/** Where a mistake was made, and what must not be repeated of it. */
export type Surroundings = {
  readonly source: SourceText;
  readonly path: readonly string[];
  readonly secrets: SecretNames;
  /** The statement, where the line is one. */
  readonly statement?: Span | undefined;
};

/** Surroundings of a mistake that stands in no text. */
export const ofNoText: Surroundings = {
  source: { name: null, text: '' },
  path: [],
  secrets: { fields: new Map(), anywhere: [], resembles: () => false },
};

export function problemOf(fault: Fault, surroundings: Surroundings): Problem {
  const { error, expected, nearest, within, source = surroundings.source } = fault;
  const { path, statement } = surroundings;
  const secrets =
    within === undefined && fault.source === undefined ? surroundings.secrets : ofNoText.secrets;
  const span =
    within === undefined || fault.span === undefined
      ? fault.span
      : spanWithin(source.text, fault.span, within);
  const shown = span === undefined ? undefined : concealedLine(source.text, span, secrets, statement);
  const place = shown === undefined ? nowhere : excerpt(shown.text, shown.offset, shown.length);
  const word = shown?.hidesMark ? concealed : fault.word;
  // Where a secret ends would tell how long it is.
  const column = shown?.hidesMark ? [...shown.text.slice(0, shown.offset)].length + 1 : span?.column;
  const problem = {
    error,
    returnCode: errors[error].returnCode,
    message: errors[error].message(shortened(word)),
    source: source.name,
    line: span?.line ?? null,
    column: column ?? null,
    ...place,
    path,
    expected,
    nearest: nearest ?? null,
  };
  return source.isWithheld ? withheld(problem, source.text) : problem;
}

/** Without what it tells of the text. */
function withheld(problem: Problem, text: string): Problem {
  const { error, expected, line } = problem;
  return {
    ...problem,
    ...nowhere,
    text: null,
    message: errors[error].message(concealed),
    path: [],
    // It may quote words of the text.
    expected: expected.replace(/'[^']+'|"[^"]+"/g, (quoted) =>
      line === null || text.includes(quoted.slice(1, -1)) ? concealed : quoted,
    ),
    nearest: null,
  };
}

type Excerpt = Pick<Problem, 'before' | 'length'> & { readonly text: string };

const nowhere: Excerpt = { text: '', before: 0, length: 0 };

/** The most of a line that is shown, and how much of that stands before the mistake. */
const widest = 240;
const lead = 80;

/** The line around a place in a text; a line may be as long as a file, and then only what is near it. */
function excerpt(source: string, offset: number, length: number): Excerpt {
  const start = source.lastIndexOf('\n', offset - 1) + 1;
  const end = source.indexOf('\n', offset) < 0 ? source.length : source.indexOf('\n', offset);
  const from = end - start > widest ? Math.max(start, whole(source, offset - lead)) : start;
  const to = end - from > widest ? whole(source, from + widest) : end;
  const front = `${from > start ? '...' : ''}${source.slice(from, offset)}`;
  const marked = source.slice(offset, Math.min(to, offset + length));
  const rest = source.slice(offset + marked.length, to).replace(/\r$/, '');
  return {
    text: `${front}${marked}${rest}${to < end ? '...' : ''}`,
    before: [...front].length,
    length: [...marked.replace(/\r$/, '')].length,
  };
}

/** A place at which no character is cut in two. */
function whole(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return code >= 0xdc00 && code <= 0xdfff ? offset + 1 : offset;
}
