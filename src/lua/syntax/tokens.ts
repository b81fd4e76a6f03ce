export type TokenKind = 'name' | 'number' | 'string' | 'symbol' | 'broken' | 'end';

/** A lexical unit of Lua; offsets in UTF-16 units. */
export type Token = {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** What is wrong with a broken one. */
  readonly fault: string;
};

/** Lua 5.4 reference manual, 3.1; a numeral swallows what could only be a malformed one, as Lua's own lexer does. */
const blank = /[ \t\v\f\r\n]+/y;
const namePattern = /[A-Za-z_][A-Za-z0-9_]*/y;
const numberPattern = /\.?[0-9](?:[eE][+-]|[pP][+-]|[A-Za-z0-9_.])*/y;
const hexadecimal = /0[xX](?:[pP][+-]|[A-Za-z0-9_.])*/y;
const symbolPattern = /\.\.\.|\.\.|==|~=|<=|>=|<<|>>|\/\/|::|[-+*/%^#&~|<>=(){}[\];:,.]/y;
const longOpening = /\[(=*)\[/y;
const lineRest = /[^\r\n]*/y;
/** A quoted string up to where it ends or breaks; `\z` and an escaped line end go on in the next line. */
const quotedPatterns = {
  '"': /"(?:[^"\\\r\n]|\\z[ \t\v\f\r\n]*|\\(?:\r\n|\n\r|[\s\S]))*"?/y,
  "'": /'(?:[^'\\\r\n]|\\z[ \t\v\f\r\n]*|\\(?:\r\n|\n\r|[\s\S]))*'?/y,
};
const typographicQuotes = '\u2018\u2019\u201c\u201d';

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  return matchAt(pattern, text, at)?.[0].length ?? 0;
}

/** Where the long bracket that opens at `at` ends, -1 when it never does, 0 when none opens there. */
function longBracketEnd(text: string, at: number): number {
  const opening = matchAt(longOpening, text, at);
  if (opening === null) return 0;
  const closing = `]${opening[1]}]`;
  const found = text.indexOf(closing, at + opening[0].length);
  return found < 0 ? -1 : found + closing.length;
}

function token(kind: TokenKind, start: number, end: number, fault = ''): Token {
  return {
    kind,
    start,
    end,
    fault,
  };
}

function quoted(text: string, at: number, quote: '"' | "'"): Token {
  const length = lengthAt(quotedPatterns[quote], text, at);
  const closed = length > 1 && text[at + length - 1] === quote && !endsInEscape(text, at, at + length);
  return closed ? token('string', at, at + length) : token('broken', at, at + length, 'unfinished string');
}

/** Whether the last character of the quoted string is itself escaped: an odd run of backslashes stands before it. */
function endsInEscape(text: string, start: number, end: number): boolean {
  let backslashes = 0;
  while (end - 2 - backslashes > start && text[end - 2 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function strayFault(character: string): string {
  if (typographicQuotes.includes(character)) return `a typographic quote; Lua takes ' or "`;
  if (character === '!') return 'unexpected symbol; "not equal" is ~= in Lua';
  return 'unexpected symbol';
}

function longString(text: string, at: number): Token | null {
  const end = longBracketEnd(text, at);
  if (end === 0) return null;
  return end < 0 ? token('broken', at, text.length, 'unfinished long string') : token('string', at, end);
}

/** The token at or after `at`, past blanks and comments: `broken` where no token of Lua can begin, or one never ends. */
export function tokenAt(text: string, at: number): Token {
  let start = at;
  for (;;) {
    start += lengthAt(blank, text, start);
    if (!text.startsWith('--', start)) break;
    const end = longBracketEnd(text, start + 2);
    if (end < 0) return token('broken', start, text.length, 'unfinished long comment');
    start = end > 0 ? end : start + lengthAt(lineRest, text, start);
  }
  const character = text[start];
  if (character === undefined) return token('end', start, start);
  if (character === '"' || character === "'") return quoted(text, start, character);
  const name = lengthAt(namePattern, text, start);
  if (name > 0) return token('name', start, start + name);
  const number = lengthAt(hexadecimal, text, start) || lengthAt(numberPattern, text, start);
  if (number > 0) return token('number', start, start + number);
  const long = longString(text, start);
  if (long !== null) return long;
  const symbol = lengthAt(symbolPattern, text, start);
  if (symbol > 0) return token('symbol', start, start + symbol);
  const whole = String.fromCodePoint(text.codePointAt(start) ?? 0);
  return token('broken', start, start + whole.length, strayFault(whole));
}

/** Every token from `from` until `to`, the last one being the end of the text when no `to` is given. */
export function* tokensOf(text: string, from = 0, to = text.length + 1): Generator<Token> {
  let next = tokenAt(text, from);
  while (next.start < to) {
    yield next;
    if (next.kind === 'end') return;
    next = tokenAt(text, next.end);
  }
}
