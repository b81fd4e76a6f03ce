import { graphemes } from './graphemes.ts';

/** First and last code points that take two cells: East Asian Width W and F (Unicode 16) but for emoji. */
const wide: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1d300, 0x1d376],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

const emoji = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]+$/u;

/** Cells that one character takes on a terminal: 0, 1 or 2. */
export function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (emoji.test(character)) return 2;
  if (invisible.test(character)) return 0;
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Cells that a text without line ends and control characters takes. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  return graphemes(text).reduce((width, character) => width + characterWidth(character), 0);
}

/** As much of a text as fits into so many cells. */
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

/** A text in rows of so many cells, broken at spaces where it can be. */
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

/** Filled up with spaces to so many cells. */
export function padToWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** A character as it can be shown: control characters as `^I` or `<9b>`, so that no text steers the terminal. */
export function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  if (/^[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(character)) return `<${code.toString(16)}>`;
  return character;
}

/** A whole text as it can be shown in one row. */
export function shownText(text: string): string {
  return ascii.test(text) ? text : graphemes(text).map(shown).join('');
}

const ascii = /^[\x20-\x7e]*$/;
