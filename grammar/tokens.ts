import { createToken, type IToken, Lexer, type TokenType } from 'chevrotain';
import { isPiped, shapes, type Verb, verbs } from './shapes.ts';

/** A word without quotes or backslashes; every longer kind of word is a category member of it. */
export const Word = createToken({
  name: 'Word',
  pattern: /[^ \t\r\n"'\\]+(?![^ \t\r\n])/,
  start_chars_hint: anyCharacter(),
});

export const LineEnd = createToken({ name: 'LineEnd', pattern: /\n+/ });

/** CR is white space, so that CRLF ends a line like LF. */
export const Blank = createToken({ name: 'Blank', pattern: /[ \t\r]+/, group: Lexer.SKIPPED });

/** A backslash as the very last character continues onto nothing. */
export const Continuation = createToken({
  name: 'Continuation',
  pattern: /\\(?:\r?\n|(?![\s\S]))/,
  start_chars_hint: ['\\'],
  group: Lexer.SKIPPED,
});

/**
 * Words that mean something at one place of a statement only. No text is lexed as one of these: a word is made one
 * where it stands in that place, so that everywhere else it remains a word.
 */
function keyword(name: string): TokenType {
  return createToken({ name, pattern: Lexer.NA });
}

export const Full = keyword('Full');
export const To = keyword('To');
export const Side = keyword('Side');
export const Pipe = keyword('Pipe');

const verbTokens: ReadonlyMap<Verb, TokenType> = new Map(
  verbs.map((verb) => [verb, keyword(`Verb ${verb}`)]),
);

export function verbToken(verb: Verb): TokenType {
  const token = verbTokens.get(verb);
  if (token === undefined) throw new Error(`${verb} has no token`);
  return token;
}

/** Makes the keywords of a line with this verb what they are. `line` starts with the verb's word. */
export function markKeywords(line: readonly IToken[], verb: Verb): void {
  mark(line[0], verbToken(verb));
  const [, first, second] = line;
  const shape = shapes[verb];
  if (shape === 'show' && isBare(first) && 'full-configuration'.startsWith(first.image)) mark(first, Full);
  if (shape === 'pair' && isBare(second) && second.image === 'to') mark(second, To);
  if (shape === 'move' && isBare(second) && /^(?:before|after)$/.test(second.image)) mark(second, Side);
  if (isPiped(verb)) for (const token of line) if (isBare(token) && token.image === '|') mark(token, Pipe);
}

function isBare(token: IToken | undefined): token is IToken {
  return token?.tokenType === Word;
}

/** Makes a token one of this type. */
export function mark(token: IToken | undefined, type: TokenType): void {
  if (token === undefined || type.tokenTypeIdx === undefined) return;
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx;
}

/** Chevrotain looks tokens up by their first character: each below 256, and one of each block of 255 above. */
export function anyCharacter(): number[] {
  const blocks = Array.from({ length: Math.ceil(0x10000 / 255) }, (_, block) => block * 255);
  return [...Array(257).keys(), ...blocks.filter((code) => code > 256)];
}
