import { createToken, type IToken, type TokenType } from 'chevrotain';
import { isPiped, shapes, type Verb, verbs } from './shapes.ts';

/** What stands between blanks, without quotes or backslashes; every longer kind of word is a category member of it. */
export const Word = createToken({ name: 'Word' });

/** A word with quotes or backslashes. */
export const QuotedWord = createToken({ name: 'QuotedWord', categories: [Word] });

/** From a quote that never closes to the end of its line. */
export const UnclosedQuote = createToken({ name: 'UnclosedQuote' });

/** The word with which a statement gets longer than any can be. The rest of its line goes unread. */
export const ExcessWord = createToken({ name: 'ExcessWord' });

// Words that mean something at one place of a statement only. No text is lexed as one of these: a word is made one where
// it stands in that place, so that everywhere else it remains a word.
export const Full = createToken({ name: 'Full' });
export const To = createToken({ name: 'To' });
export const Side = createToken({ name: 'Side' });
export const Pipe = createToken({ name: 'Pipe' });

const verbTokens: ReadonlyMap<Verb, TokenType> = new Map(
  verbs.map((verb) => [verb, createToken({ name: `Verb ${verb}` })]),
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

/** A token as Chevrotain's parser takes it. */
export function tokenOf(type: TokenType, image: string, startOffset: number): IToken {
  return { image, startOffset, tokenType: type, tokenTypeIdx: type.tokenTypeIdx ?? 0 };
}

/** Makes a token one of this type. */
export function mark(token: IToken | undefined, type: TokenType): void {
  if (token === undefined || type.tokenTypeIdx === undefined) return;
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx;
}
