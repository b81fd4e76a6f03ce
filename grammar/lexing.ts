import type { IToken } from 'chevrotain';
import { lineEnd } from './spans.ts';
import { ExcessWord, mark, QuotedWord, tokenOf, UnclosedQuote, Word } from './tokens.ts';
import {
  afterContinuation,
  backslash,
  bareEnd,
  closingQuote,
  isBlank,
  newline,
  WordScanner,
} from './word-scanner.ts';

const hash = 0x23;

/** The most words of a statement. */
export const mostWords = 10_000;

/** The most UTF-16 code units from the first word of a statement to the end of its last. */
export const mostLength = 0x100000;

/** Code units between two pauses. */
const pieceLength = 0x10000;

/** The tokens of what a statement may stand on: words, then at most one unclosed quote or word too many. */
export type Line = [IToken, ...IToken[]];

/** The lines of `text` that hold words. Quoted newlines and continuations do not end a line. */
export function* lines(text: string): Generator<Line, void, undefined> {
  for (const line of lineSteps(text)) if (line !== undefined) yield line;
}

/**
 * As `lines`, with undefined now and then: there may be no line in millions of bytes. It makes the tokens of one line
 * at a time, character by character: a large import is half a second of lexing by patterns.
 */
export function* lineSteps(text: string): Generator<Line | undefined, void, undefined> {
  const words = new WordScanner(text, mostLength);
  let line: Line | undefined;
  let pause = pieceLength;
  let offset = 0;
  while (offset < text.length) {
    if (offset >= pause) {
      pause = offset + pieceLength;
      yield undefined;
    }
    const passed = afterFiller(text, offset, line === undefined);
    if (passed > offset) {
      offset = passed;
      continue;
    }
    if (text.charCodeAt(offset) === newline) {
      if (line !== undefined) yield line;
      line = undefined;
      offset += 1;
      continue;
    }
    const token = wordAt(words, offset);
    offset = endOf(token);
    const length = offset - (line?.[0] ?? token).startOffset;
    const isExcess = length > mostLength || (line !== undefined && line.length >= mostWords);
    if (isExcess) mark(token, ExcessWord);
    if (line === undefined) line = [token];
    else line.push(token);
    if (!isExcess) continue;
    yield line;
    line = undefined;
    offset = lineEnd(text, offset);
  }
  if (line !== undefined) yield line;
}

/** Behind the blank, comment or continuation at a place; the place itself where a word stands, or the line ends. */
function afterFiller(text: string, offset: number, beginsLine: boolean): number {
  const code = text.charCodeAt(offset);
  if (isBlank(code)) return offset + 1;
  if (code === hash && beginsLine) return lineEnd(text, offset);
  // A backslash as the very last character continues onto nothing.
  if (code === backslash && offset + 1 === text.length) return text.length;
  return code === backslash ? afterContinuation(text, offset) : offset;
}

/** The word at `start`, or, from a quote that never closes, what stands from there to the end of its line. */
function wordAt(words: WordScanner, start: number): IToken {
  const { text } = words;
  const bare = bareEnd(text, start);
  const code = text.charCodeAt(bare);
  if (bare === text.length || code === newline || isBlank(code))
    return tokenOf(Word, text.slice(start, bare), start);
  const end = words.end(start);
  return end === start
    ? tokenOf(UnclosedQuote, text.slice(start, lineEnd(text, start)), start)
    : tokenOf(QuotedWord, text.slice(start, end), start);
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
