import type { IToken } from 'chevrotain';
import { mark, QuotedWord, Word } from './tokens.ts';

/** A `|` that is no data, or a piece of a word that is: quoted, or behind a backslash. */
const bareOrData = /"(?:\\[\s\S]|[^"\\])*"|'[^']*'|\\[\s\S]|\|/g;

/**
 * The line of a statement whose output can be piped: there a bare `|` is a word of its own, with blanks around it or
 * without, as in every shell.
 */
export function splitAtPipes<Line extends readonly IToken[]>(line: Line): Line | IToken[] {
  const isJoined = ({ tokenType, image }: IToken): boolean =>
    (tokenType === Word || tokenType === QuotedWord) && image.length > 1 && image.includes('|');
  return line.some(isJoined) ? line.flatMap((token) => (isJoined(token) ? wordsOf(token) : [token])) : line;
}

/** The first word of a line as it is where the line can be piped: `show|count` begins with `show`. */
export function beforePipe(word: string): string {
  return /^[^"'\\|]+(?=\|)/.exec(word)?.[0] ?? word;
}

function wordsOf(token: IToken): IToken[] {
  const { image, startOffset } = token;
  const words: IToken[] = [];
  const add = (from: number, to: number): void => {
    if (from === to) return;
    const word = { ...token, image: image.slice(from, to), startOffset: startOffset + from };
    mark(word, /["'\\]/.test(word.image) ? QuotedWord : Word);
    words.push(word);
  };
  let end = 0;
  for (const { 0: piece, index } of image.matchAll(bareOrData)) {
    if (piece !== '|') continue;
    add(end, index);
    add(index, index + 1);
    end = index + 1;
  }
  add(end, image.length);
  return words;
}
