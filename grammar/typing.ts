import type { IToken } from 'chevrotain';
import { endOf, type Line, lines, neverCloses } from './lexing.ts';
import { beforePipe, splitAtPipes } from './pipe-words.ts';
import { Places } from './spans.ts';
import { UnclosedQuote } from './tokens.ts';
import { isQuoted, unquote } from './unquote.ts';
import type { Word } from './word.ts';

/** A statement that is being typed, up to the cursor. */
export type Typed = {
  /** The words before the one at the cursor. */
  readonly words: readonly Word[];
  /** The word at the cursor, as far as it goes; it may be empty. Offsets count from the start of the text. */
  readonly current: { readonly start: number; readonly text: string };
  /** The cursor stands inside quotes, where every character is itself. */
  readonly quoted: boolean;
  readonly comment: boolean;
};

/**
 * What the last statement of `text` is, whose end is where the cursor stands.
 *
 * @param mayBePiped whether a line that begins with this word can be piped
 */
export function typed(text: string, mayBePiped: (verb: string) => boolean = () => false): Typed {
  let line: Line | undefined;
  let open = false;
  for (const next of lines(text)) {
    line = next;
    const last = next.at(-1) ?? next[0];
    open = last.tokenType === UnclosedQuote && neverCloses(text, last);
    if (open) break;
  }
  const end = line === undefined ? 0 : endOf(line.at(-1) ?? line[0]);
  const rest = open ? '' : text.slice(end);
  const tokens: readonly IToken[] =
    line === undefined || /(?<!\\\r?)\n/.test(rest) ? [] : wordsOf(line, mayBePiped);
  const comment = /^[ \t\r]*#/.test(rest.slice(rest.lastIndexOf('\n') + 1)) && tokens.length === 0;
  const pieces = [...tokens];
  const tail = rest === '' ? lastWord(pieces) : [];
  const places = new Places(text);
  const words = pieces.map(({ image, startOffset }) => ({
    text: unquote(image),
    span: places.span(startOffset, image.length),
    quoted: isQuoted(image),
  }));
  const start = tail[0]?.startOffset ?? text.length;
  return {
    words,
    current: { start, text: unquote(text.slice(start)) },
    quoted: open,
    comment,
  };
}

function wordsOf(line: Line, mayBePiped: (verb: string) => boolean): readonly IToken[] {
  return mayBePiped(unquote(beforePipe(line[0].image))) ? splitAtPipes(line) : line;
}

/** Whether what is typed at the cursor is data whatever it is: it stands inside quotes, or in a comment. */
export function isLiteral(text: string, cursor: number): boolean {
  const { quoted, comment } = typed(text.slice(0, cursor));
  return quoted || comment;
}

/** Takes the last word off a line; a quote that is still open may adjoin the piece before it. */
function lastWord(tokens: IToken[]): IToken[] {
  const last = tokens.pop();
  if (last === undefined) return [];
  const before = tokens.at(-1);
  const adjoins =
    last.tokenType === UnclosedQuote && before !== undefined && endOf(before) === last.startOffset;
  if (!adjoins) return [last];
  tokens.pop();
  return [before, last];
}
