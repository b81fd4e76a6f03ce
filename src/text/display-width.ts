import { createRequire } from 'node:module';
import { graphemes } from './graphemes.ts';

const require = createRequire(import.meta.url);

let widths: typeof import('get-east-asian-width') | undefined;

/** Its table is loaded with the first character that only it tells of: most commands that are run once show none. */
function tabledWidth(code: number): number {
  widths ??= load();
  return widths.eastAsianWidth(code);
}

function load(): typeof import('get-east-asian-width') {
  return require('get-east-asian-width');
}

/** What is drawn as an emoji. The width of flags, and of characters with a variation selector, is in no table of code points. */
const emoji = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]+$/u;

/** Cells that one character takes on a terminal: 0, 1 or 2. */
export function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (emoji.test(character)) return 2;
  if (invisible.test(character)) return 0;
  return tabledWidth(code);
}

/** Cells that a text takes, which holds no newlines or control characters. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  return graphemes(text).reduce((width, character) => width + characterWidth(character), 0);
}

/** The beginning of a text that fits into so many cells. */
export function cutToWidth(text: string, width: number): string {
  if (ascii.test(text)) return text.slice(0, width);
  let room = width;
  let fitting = '';
  for (const character of graphemes(text)) {
    room -= characterWidth(character);
    if (room < 0) break;
    fitting += character;
  }
  return fitting;
}

/** A text in rows of at most so many cells, broken at spaces where possible. */
export function wrapped(text: string, width: number): string[] {
  const rows: string[] = [];
  let rest = text;
  while (displayWidth(rest) > width) {
    const fitting = cutToWidth(rest, width) || (graphemes(rest)[0] ?? rest);
    const atSpace = rest[fitting.length] === ' ' ? fitting.length : fitting.lastIndexOf(' ');
    const end = atSpace > 0 ? atSpace : fitting.length;
    rows.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' && rows.length > 0 ? rows : [...rows, rest];
}

/** A text behind what begins its first row, in rows of at most so many cells, the others of which are indented as far. */
export function hanging(front: string, text: string, width: number, indent = displayWidth(front)): string[] {
  const [first = '', ...others] = wrapped(text, Math.max(1, width - indent));
  return [`${front}${first}`, ...others.map((row) => `${' '.repeat(indent)}${row}`)];
}

/** Each line of a text in such rows. */
export function wrappedLines(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, width))
    .join('\n');
}

/** A text padded with spaces to so many cells, itself on the left or on the right. */
export function padToWidth(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'left' ? text + padding : padding + text;
}

const ascii = /^[\x20-\x7e]*$/;
