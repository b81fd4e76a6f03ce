import { createToken, type IToken, Lexer } from 'chevrotain';
import { lineEnd } from './spans.ts';
import { anyCharacter, Blank, Continuation, LineEnd, Word } from './tokens.ts';
import { closingQuote, WordScanner } from './word-scanner.ts';

/** A word with quotes or backslashes. It may reach beyond the piece of text that is being lexed. */
export const QuotedWord = createToken({
  name: 'QuotedWord',
  categories: [Word],
  pattern: (_piece, offset) => {
    const start = lexed.start + offset;
    const end = lexed.words.end(start);
    lexed.reach = Math.max(lexed.reach, end);
    return end === start ? null : [lexed.words.text.slice(start, end)];
  },
  start_chars_hint: anyCharacter(),
  line_breaks: true,
});

/** From a quote that never closes to the end of its line. */
export const UnclosedQuote = createToken({
  name: 'UnclosedQuote',
  pattern: (_piece, offset) => [restOfLine(offset)],
  start_chars_hint: ['"', "'"],
  line_breaks: false,
});

export const Comment = createToken({
  name: 'Comment',
  pattern: (_piece, offset, before) => {
    const beginsLine = before.length === 0 ? !lexed.midLine : before.at(-1)?.tokenType === LineEnd;
    return beginsLine ? [restOfLine(offset)] : null;
  },
  start_chars_hint: ['#'],
  line_breaks: false,
  group: Lexer.SKIPPED,
});

/** What stands from a place in the piece to the end of its line, which may lie beyond the piece. */
function restOfLine(offset: number): string {
  const { text } = lexed.words;
  const start = lexed.start + offset;
  const end = lineEnd(text, start);
  lexed.reach = Math.max(lexed.reach, end);
  return text.slice(start, end);
}

/** The word with which a statement gets longer than any can be. The rest of its line goes unread. */
export const ExcessWord = createToken({ name: 'ExcessWord', pattern: Lexer.NA });

/** The most words of a statement. */
export const mostWords = 10_000;

/** The most UTF-16 code units from the first word of a statement to the end of its last. */
export const mostLength = 0x100000;

/** In the order in which they are tried. */
export const lexicalTokens = [Blank, LineEnd, Comment, Continuation, Word, QuotedWord, UnclosedQuote];

const lexer = new Lexer(lexicalTokens, {
  ensureOptimizations: true,
  positionTracking: 'onlyOffset',
  skipValidations: true,
});

/** `reach`: where the last token ends that reaches beyond the piece. */
type Lexed = {
  readonly words: WordScanner;
  readonly start: number;
  readonly midLine: boolean;
  reach: number;
};

const nothing: Lexed = { words: new WordScanner('', mostLength), start: 0, midLine: false, reach: 0 };

/** What the patterns above look at; Chevrotain hands them no context of ours. Set only while tokenizing. */
let lexed = nothing;

function tokenize(from: Lexed, piece: string): IToken[] {
  lexed = from;
  try {
    return lexer.tokenize(piece).tokens;
  } finally {
    lexed = nothing;
  }
}

/** The tokens of what a statement may stand on: words, then at most one unclosed quote or word too many. */
export type Line = [IToken, ...IToken[]];

/**
 * The lines of `text` that hold words. Quoted newlines and continuations do not end a line. Offsets count from the
 * start of the text. Works in pieces of about `pieceLength`, cut behind white space; a line that goes on over a cut is
 * put together again.
 */
export function* lines(text: string, pieceLength?: number): Generator<Line, void, undefined> {
  for (const line of lineSteps(text, pieceLength)) if (line !== undefined) yield line;
}

/** As `lines`, with undefined behind each piece: there may be none in millions of bytes. */
export function* lineSteps(
  text: string,
  pieceLength = 0x10000,
): Generator<Line | undefined, void, undefined> {
  const words = new WordScanner(text, mostLength);
  let line: Line | undefined;
  let start = 0;
  while (start < text.length) {
    const end = pieceEnd(text, start + pieceLength);
    const from: Lexed = { words, start, midLine: line !== undefined, reach: end };
    const tokens = tokenize(from, text.slice(start, end));
    let next = from.reach;
    for (const token of tokens) {
      token.startOffset += start;
      if (token.tokenType === LineEnd) {
        if (line !== undefined) yield line;
        line = undefined;
        continue;
      }
      const length = endOf(token) - (line?.[0] ?? token).startOffset;
      const isExcess = length > mostLength || (line !== undefined && line.length >= mostWords);
      const taken = isExcess ? { ...token, tokenType: ExcessWord } : token;
      if (line === undefined) line = [taken];
      else line.push(taken);
      if (!isExcess) continue;
      yield line;
      line = undefined;
      next = lineEnd(text, endOf(token));
      break;
    }
    start = next;
    yield undefined;
  }
  if (line !== undefined) yield line;
}

/** Where a piece can end: behind a blank or a newline, or in a word that is too long in any case. */
function pieceEnd(text: string, least: number): number {
  const cut = /[ \t\n]/g;
  cut.lastIndex = least;
  const end = cut.test(text) ? cut.lastIndex : text.length;
  return Math.min(end, least + mostLength + 1);
}

export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}

/**
 * Whether more text could still complete the last line: the text ends within quotes, or in a line continuation.
 * A quote that a later line shows to be a stray one asks for nothing.
 */
export function unfinished(text: string): boolean {
  const steps = unfinishedSteps(text);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** As `unfinished`, in steps between which a caller may pause. */
export function* unfinishedSteps(text: string): Generator<undefined, boolean> {
  let end = 0;
  for (const line of lineSteps(text)) {
    for (const token of line ?? []) {
      if (token.tokenType === UnclosedQuote && neverCloses(text, token)) return true;
      end = endOf(token);
    }
    yield undefined;
  }
  return endsContinued(text.slice(end));
}

/** A quote that nothing closes, on its line or a later one. */
export function neverCloses(text: string, { startOffset, image }: IToken): boolean {
  return closingQuote(text, startOffset, image.startsWith('"') ? '"' : "'") === undefined;
}

/** `rest` is what follows the last word of a text: blanks, comments and continuations. */
function endsContinued(rest: string): boolean {
  const physical = rest.endsWith('\n') ? rest.slice(0, -1) : rest;
  const last = physical.slice(physical.lastIndexOf('\n') + 1);
  return /\\\r?$/.test(last) && !/^[ \t\r]*#/.test(last);
}
