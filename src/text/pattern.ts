import { createRequire } from 'node:module';
import type { RE2JS, RE2JSSyntaxException } from 're2js';

/** The longest expression, in UTF-16 code units; a word without special characters may be longer. */
const longest = 500;

/** The most instructions of RE2 that one may compile to: with these the worst text takes about 6 ms for each KiB. */
const largest = 500;

/** Milliseconds that one matcher may take for all that it is given. */
const standardPatience = 10_000;

/** What was matched took longer than it may. The message says what would not have. */
export class MatchingTooLong extends Error {
  readonly pattern: string;

  constructor(pattern: string, patience: number) {
    super(`an expression that needs less than ${patience / 1000} s for all lines`);
    this.pattern = pattern;
  }
}

/** Whether a text holds a match. @throws MatchingTooLong when all texts so far took too long */
export type Matcher = (text: string) => boolean;

/** An expression that somebody has given, in the syntax of RE2: matching takes time that is linear in the text. */
export type Pattern = {
  /** Matches any number of texts that are one piece of work, for at most so many milliseconds. */
  matcher(patience?: number): Matcher;
};

export type PatternReading = { readonly pattern: Pattern } | { readonly reason: string };

/** The pattern that a text is, or why it is none. */
export function readPattern(source: string, ignoresCase = false): PatternReading {
  // Most of what people look for is a word, for which no engine needs to be loaded.
  if (!ignoresCase && !/[\\^$.|?*+()[\]{}]/.test(source)) {
    return { pattern: { matcher: () => (text) => text.includes(source) } };
  }
  if (source.length > longest) return { reason: `it has more than ${longest} characters` };
  if (namesBackReference(source)) return { reason: 'the backreference "\\k<" is not supported' };
  const { RE2JS, RE2JSSyntaxException } = engine();
  try {
    const flags = ignoresCase ? RE2JS.CASE_INSENSITIVE : 0;
    const expression = RE2JS.compile(RE2JS.translateRegExp(source), flags);
    if (expression.programSize() > largest) return { reason: 'its repetitions make it too large' };
    return {
      pattern: { matcher: (patience = standardPatience) => boundedMatcher(source, expression, patience) },
    };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    return { reason: reasonOf(error) };
  }
}

let loaded: typeof import('re2js') | undefined;

function engine(): typeof import('re2js') {
  loaded ??= load();
  return loaded;
}

function load(): typeof import('re2js') {
  return createRequire(import.meta.url)('re2js');
}

/** Others may have turns between two texts: only what is spent on these counts. */
function boundedMatcher(source: string, expression: RE2JS, patience: number): Matcher {
  let spent = 0;
  return (text) => {
    if (spent > patience) throw new MatchingTooLong(source, patience);
    const started = performance.now();
    const isMatch = expression.test(text);
    spent += performance.now() - started;
    return isMatch;
  };
}

/** A backreference by name, which the translation from JavaScript would take for a letter. */
function namesBackReference(source: string): boolean {
  return source
    .matchAll(/\\([\s\S])(<?)/g)
    .some(([, escaped, bracket]) => escaped === 'k' && bracket === '<');
}

/** Beginnings of what JavaScript has and RE2 has not. */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/^\(\?[=!]/, 'lookahead'],
  [/^\(\?<[=!]/, 'lookbehind'],
  [/^\\[1-9]/, 'backreference'],
];

function reasonOf(error: RE2JSSyntaxException): string {
  const part = error.getPattern() ?? '';
  for (const [beginning, name] of unsupported) {
    const [found] = beginning.exec(part) ?? [];
    if (found !== undefined) return `the ${name} "${found}" is not supported`;
  }
  const description = error.getDescription();
  if (description === 'invalid repeat count')
    return `${description} "${part}": 1000 at most, nested ones in all`;
  return description.startsWith('missing closing') || part === '' ? description : `${description} "${part}"`;
}
