import { boundaryAfter, boundaryAt, boundaryBefore, graphemes } from '../../text/graphemes.ts';

/** What is being typed. The cursor is an offset in UTF-16 code units and never lies inside a character. */
export type Line = { readonly text: string; readonly cursor: number };

/** A line and what was last killed: cut out of it, to be yanked back. */
export type EditState = { readonly line: Line; readonly killed: string };

export type Edit = (state: EditState) => EditState;

export const emptyLine: Line = { text: '', cursor: 0 };

/** A line with the cursor at its end, or where it is asked for. */
export function lineOf(text: string, cursor = text.length): Line {
  return {
    text,
    cursor: boundaryAt(text, cursor),
  };
}

export function isAtEnd({ text, cursor }: Line): boolean {
  return cursor === text.length;
}

/** The line with the characters from `start` to `end` replaced and the cursor behind what stands there now. */
export function replaced({ text }: Line, start: number, end: number, by: string): Line {
  return lineOf(text.slice(0, start) + by + text.slice(end), start + by.length);
}

export function inserted(line: Line, text: string): Line {
  return replaced(line, line.cursor, line.cursor, text);
}

function moving(to: (line: Line) => number): Edit {
  return ({ line, killed }) => ({ line: lineOf(line.text, to(line)), killed });
}

/** Takes out what lies between the cursor and `to`. What is killed can be yanked back; what is deleted can't. */
function removing(to: (line: Line) => number, kills: boolean): Edit {
  return ({ line, killed }) => {
    const target = to(line);
    const start = Math.min(line.cursor, target);
    const end = Math.max(line.cursor, target);
    if (start === end) return { line, killed };
    return { line: replaced(line, start, end, ''), killed: kills ? line.text.slice(start, end) : killed };
  };
}

/** Offsets of the row that the cursor is in, of a text of several. */
function rowStart({ text, cursor }: Line): number {
  return text.slice(0, cursor).lastIndexOf('\n') + 1;
}
function rowEnd({ text, cursor }: Line): number {
  const end = text.indexOf('\n', cursor);
  return end < 0 ? text.length : end;
}

function previous({ text, cursor }: Line): number {
  return cursor === 0 ? 0 : boundaryBefore(text, cursor);
}
function next({ text, cursor }: Line): number {
  return boundaryAfter(text, cursor);
}

function isInWord(character: string): boolean {
  return /^[\p{L}\p{N}]/u.test(character);
}
function isBlank(character: string): boolean {
  return /^\s/.test(character);
}

/** How long the run of characters at the start of a list is that are `skipped`, then `taken`. */
function runLength(
  characters: readonly string[],
  skipped: (character: string) => boolean,
  taken: (character: string) => boolean,
): number {
  const start = characters.findIndex((character) => !skipped(character));
  if (start < 0) return characters.join('').length;
  const end = characters.findIndex((character, at) => at >= start && !taken(character));
  return characters.slice(0, end < 0 ? undefined : end).join('').length;
}

function charactersBehind({ text, cursor }: Line): string[] {
  return graphemes(text.slice(0, cursor)).reverse();
}
function wordStart(line: Line): number {
  return line.cursor - runLength(charactersBehind(line), (character) => !isInWord(character), isInWord);
}
function argumentStart(line: Line): number {
  return line.cursor - runLength(charactersBehind(line), isBlank, (character) => !isBlank(character));
}
function wordEnd({ text, cursor }: Line): number {
  return cursor + runLength(graphemes(text.slice(cursor)), (character) => !isInWord(character), isInWord);
}

/** Exchanges the two characters around the cursor; at the end of the row the last two. */
const transposeChars: Edit = ({ line, killed }) => {
  const start = rowStart(line);
  const at = line.cursor === rowEnd(line) ? previous(line) : line.cursor;
  if (at <= start) return { line, killed };
  const one = boundaryBefore(line.text, at);
  const end = boundaryAfter(line.text, at);
  const turned = line.text.slice(at, end) + line.text.slice(one, at);
  return { line: replaced(line, one, end, turned), killed };
};

/** What can be done to a line with one key, by readline's names. `killArgument` is its `unix-word-rubout`. */
export const edits = {
  backwardChar: moving(previous),
  forwardChar: moving(next),
  backwardWord: moving(wordStart),
  forwardWord: moving(wordEnd),
  beginningOfLine: moving(rowStart),
  endOfLine: moving(rowEnd),
  backwardDeleteChar: removing(previous, false),
  deleteChar: removing(next, false),
  killLine: removing((line) => (rowEnd(line) === line.cursor ? next(line) : rowEnd(line)), true),
  backwardKillLine: removing(
    (line) => (rowStart(line) === line.cursor ? previous(line) : rowStart(line)),
    true,
  ),
  killArgument: removing(argumentStart, true),
  backwardKillWord: removing(wordStart, true),
  killWord: removing(wordEnd, true),
  yank: ({ line, killed }) => ({ line: inserted(line, killed), killed }),
  transposeChars,
} as const satisfies Readonly<Record<string, Edit>>;

/** The same column one row up (-1) or down (1); undefined where there is no such row. */
export function inOtherRow(line: Line, direction: -1 | 1): Line | undefined {
  const start = rowStart(line);
  const column = graphemes(line.text.slice(start, line.cursor)).length;
  const other = direction < 0 ? start - 1 : rowEnd(line) + 1;
  if (other < 0 || other > line.text.length) return undefined;
  const there = { text: line.text, cursor: other };
  const row = graphemes(line.text.slice(rowStart(there), rowEnd(there)));
  return lineOf(line.text, rowStart(there) + row.slice(0, column).join('').length);
}
