import { closingQuote } from './word-scanner.ts';

/** The text that a whole word stands for. */
export function unquote(word: string): string {
  const quoted = plainlyQuoted(word);
  if (quoted !== undefined) return quoted;
  let text = '';
  for (const piece of pieces(word)) text += textOf(word, piece);
  return text;
}

/** What stands in quotes in a word that is nothing else, and has no backslashes, as nearly every quoted one. */
function plainlyQuoted(word: string): string | undefined {
  const mark = word[0];
  if ((mark !== '"' && mark !== "'") || word.includes('\\')) return undefined;
  return word.indexOf(mark, 1) === word.length - 1 ? word.slice(1, -1) : undefined;
}

function textOf(word: string, { start, end, isEscaped }: Piece): string {
  const text = word.slice(start, end);
  return isEscaped ? text.replace(escaped, '$1') : text;
}

/** How much of the text of a word its first part gives; undefined where it is all in one part. */
export function jointOf(word: string): number | undefined {
  if (plainlyQuoted(word) !== undefined) return undefined;
  const [first, second] = pieces(word).take(2);
  if (first === undefined || second === undefined) return undefined;
  return textOf(word, first).length;
}

/** Where in a word the character stands that is at `offset` in its text; the end of the word where none is. */
export function placeInWord(word: string, offset: number): number {
  let left = offset;
  for (const { start, end, isEscaped } of pieces(word)) {
    let place = start;
    for (const { index } of isEscaped ? word.slice(start, end).matchAll(escaped) : []) {
      const backslash = start + index;
      if (left < backslash - place) return place + left;
      left -= backslash - place;
      place = backslash + 1;
    }
    if (left < end - place) return place + left;
    left -= end - place;
  }
  return word.length;
}

/** A stretch of a word that stands for itself, apart from the backslashes that escape something in it. */
type Piece = { readonly start: number; readonly end: number; readonly isEscaped: boolean };

/** What is left of a word without its quotes, the backslashes outside of them, and the ends of lines that go on. */
function* pieces(word: string): Generator<Piece> {
  let offset = 0;
  while (offset < word.length) {
    const char = word[offset];
    if (char === '"' || char === "'") {
      const closing = closingQuote(word, offset, char) ?? word.length;
      yield { start: offset + 1, end: closing, isEscaped: char === '"' };
      offset = closing + 1;
    } else if (char === '\\') {
      continuation.lastIndex = offset;
      const continued = continuation.test(word);
      const next = continued ? continuation.lastIndex : offset + 2;
      if (!continued) yield { start: offset + 1, end: Math.min(next, word.length), isEscaped: false };
      offset = next;
    } else {
      bareRun.lastIndex = offset;
      const end = bareRun.test(word) ? bareRun.lastIndex : word.length;
      yield { start: offset, end, isEscaped: false };
      offset = end;
    }
  }
}

/** Whether any part of a word stands in quotes or behind a backslash: `10` is bare, `"10"` and `1\\0` are not. */
export function isQuoted(word: string): boolean {
  return /["']|\\(?!\r?\n)/.test(word);
}

const escaped = /\\(["'\\])/g;
const continuation = /\\\r?\n/y;
const bareRun = /[^"'\\]+/y;
