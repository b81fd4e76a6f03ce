import { isVerb } from './shapes.ts';
import { lineEnd } from './spans.ts';

/**
 * Finds where words with quotes or backslashes end. It sees the whole text, because a quoted value may run over
 * any number of lines.
 *
 * A newline may stand in quotes, so a stray quote would swallow the text up to the next quote. One that closes on
 * a later line is therefore taken as never closed when that line begins like a statement and the word goes on right
 * behind the closing quote: no printed configuration looks so, and after a stray quote the next quoted word does.
 *
 * Cost: what one kind of quote scans for its end holds no other such quote that opens a word, so each kind scans
 * the text once, accepted or not. Words must be asked for from the front to the back.
 */
export class WordScanner {
  readonly text: string;
  readonly #longest: number;
  #lineEnd = -1;

  /** Of a word that is longer than `longest` it need not find the end. */
  constructor(text: string, longest: number) {
    this.text = text;
    this.#longest = longest;
  }

  /**
   * Where the word at `start` ends, or a place in it, outside of quotes, that is too far from there; `start` itself when
   * it begins with a quote that never closes.
   */
  end(start: number): number {
    const { text } = this;
    let offset = start;
    for (;;) {
      if (offset - start > this.#longest) return offset;
      offset = bareEnd(text, offset);
      const char = text[offset];
      if (char === '"' || char === "'") {
        const closing = this.#closing(offset, char);
        if (closing === undefined) return offset;
        offset = closing + 1;
      } else if (char === '\\') {
        const next = afterBackslash(text, offset);
        if (next === undefined) return offset;
        offset = next;
      } else {
        return offset;
      }
    }
  }

  /** The offset of the quote that closes the one at `opening`. */
  #closing(opening: number, mark: '"' | "'"): number | undefined {
    const closing = closingQuote(this.text, opening, mark);
    if (closing === undefined) return undefined;
    if (opening > this.#lineEnd) this.#lineEnd = lineEnd(this.text, opening);
    if (closing < this.#lineEnd) return closing;
    return this.#goesOn(closing + 1) && this.#beginsLikeStatement(closing) ? undefined : closing;
  }

  #goesOn(offset: number): boolean {
    const char = this.text[offset];
    return (
      bareEnd(this.text, offset) > offset ||
      char === '"' ||
      char === "'" ||
      (char === '\\' && afterBackslash(this.text, offset) !== undefined)
    );
  }

  #beginsLikeStatement(closing: number): boolean {
    firstWord.lastIndex = this.text.lastIndexOf('\n', closing - 1) + 1;
    const [, word = ''] = firstWord.exec(this.text) ?? [];
    return isVerb(word);
  }
}

export const newline = 0x0a;
export const backslash = 0x5c;

/** CR is white space, so that CRLF ends a line like LF. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

/** Where the characters end that stand at `start` and mean nothing but themselves. */
export function bareEnd(text: string, start: number): number {
  let offset = start;
  while (offset < text.length && isBare(text.charCodeAt(offset))) offset += 1;
  return offset;
}

function isBare(code: number): boolean {
  if (code > backslash) return true;
  return !isBlank(code) && code !== newline && code !== 0x22 && code !== 0x27 && code !== backslash;
}

const firstWord = /[ \t\r]*([a-z]+)(?=[ \t\r"'])/y;

/** Where a quote of this kind closes, whatever stands around it. */
export function closingQuote(text: string, opening: number, mark: '"' | "'"): number | undefined {
  let closing = text.indexOf(mark, opening + 1);
  if (mark === '"') {
    while (closing >= 0 && escaped(text, opening, closing)) closing = text.indexOf('"', closing + 1);
  }
  return closing < 0 ? undefined : closing;
}

/** In double quotes an odd number of backslashes before a quote makes it data. */
function escaped(text: string, opening: number, quote: number): boolean {
  let first = quote;
  while (first - 1 > opening && text[first - 1] === '\\') first -= 1;
  return (quote - first) % 2 === 1;
}

/** Where a word goes on behind the backslash at `offset`: behind the character it escapes, or on the next line. */
function afterBackslash(text: string, offset: number): number | undefined {
  const next = afterContinuations(text, offset);
  const ends = next === offset ? offset + 1 === text.length : ' \t\r\n'.includes(text[next] ?? '\n');
  if (ends) return undefined;
  return next === offset ? offset + 2 : next;
}

/** Behind all continuations of the line that stand at `start`, of which there may be millions. */
function afterContinuations(text: string, start: number): number {
  let offset = start;
  for (;;) {
    const next = afterContinuation(text, offset);
    if (next === offset) return offset;
    offset = next;
  }
}

/** Behind the continuation of the line at `start`; `start` itself where none stands. */
export function afterContinuation(text: string, start: number): number {
  if (text[start] !== '\\') return start;
  const end = text[start + 1] === '\r' ? start + 2 : start + 1;
  return text[end] === '\n' ? end + 1 : start;
}
