import type { Span } from '../../grammar/statement.ts';
import { type ErrorName, errors } from './errors.ts';

/** What is wrong, before it is known in which text and at which level. */
export type Fault = {
  readonly error: ErrorName;
  /** The offending word. */
  readonly word: string;
  readonly span?: Span | undefined;
  /** What should have stood there, or what to do; for a person. */
  readonly expected: string;
  /** The nearest right word. */
  readonly nearest?: string | undefined;
  /** It only follows from a mistake that was reported before. */
  readonly consequence?: boolean;
};

/** A text that statements come from: a file, standard input, a typed line. */
export type SourceText = {
  /** Shown before line and column; null at a prompt, where the line is in sight. */
  readonly name: string | null;
  readonly text: string;
};

/** One mistake, whole: what a terminal prints and what JSON holds. */
export type Problem = {
  readonly error: ErrorName;
  readonly returnCode: number | null;
  readonly message: string;
  readonly source: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Characters that the mistake spans. */
  readonly length: number;
  /** The line in which it stands; '' where it stands in none. */
  readonly text: string;
  /** Words of the `config` and `edit` lines around it. */
  readonly path: readonly string[];
  readonly expected: string;
  readonly nearest: string | null;
};

export function problemOf(fault: Fault, source: SourceText, path: readonly string[]): Problem {
  const { error, word, span, expected, nearest } = fault;
  const { line, offset } = span === undefined ? { line: null, offset: 0 } : span;
  const start = source.text.lastIndexOf('\n', offset - 1) + 1;
  const end = source.text.indexOf('\n', start);
  const text =
    span === undefined ? '' : source.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
  const marked = span === undefined ? '' : source.text.slice(offset, offset + span.length).split('\n', 1)[0];
  return {
    error,
    returnCode: errors[error].returnCode,
    message: errors[error].message(shortened(word)),
    source: source.name,
    line,
    column: span?.column ?? null,
    length: [...(marked ?? '')].length,
    text,
    path,
    expected,
    nearest: nearest ?? null,
  };
}

/** A word may be a whole script: in a message its beginning is enough. */
function shortened(word: string): string {
  const [line = '', ...more] = word.split('\n');
  const characters = [...line];
  return more.length === 0 && characters.length <= 80 ? line : `${characters.slice(0, 80).join('')}...`;
}

/** The form for a terminal: where, what, the line with a mark under the word, the return code. */
export function printProblem(problem: Problem): string {
  const { source, line, column, message, text, expected, nearest, returnCode } = problem;
  const where = source === null ? '' : line === null ? `${source}: ` : `${source}:${line}:${column}: `;
  const hint = nearest === null ? expected : `${expected}; did you mean "${nearest}"?`;
  const lines = [`${where}${message}`];
  if (line === null || column === null) {
    lines.push(`    ${hint}`);
  } else {
    const indent = /^[ \t]*/.exec(text)?.[0] ?? '';
    // Tabs and wide characters stay under themselves only where the mark's own indent repeats them.
    const before = [...text.slice(indent.length)].slice(0, Math.max(0, column - 1 - indent.length)).join('');
    const mark = '^'.repeat(Math.max(1, problem.length));
    lines.push(`    ${text.slice(indent.length)}`, `    ${before.replace(/[^\t]/gu, ' ')}${mark} ${hint}`);
  }
  if (returnCode !== null) lines.push(`Command fail. Return code ${returnCode}`);
  return lines.map(harmless).join('\n');
}

/** What a text holds must not steer the terminal that shows it. */
function harmless(line: string): string {
  return line.replace(/(?!\t)\p{Cc}/gu, '\ufffd');
}
