import { characterWidth, cutToWidth, displayWidth, hanging } from '../../text/display-width.ts';
import { harmless } from '../../text/harmless.ts';
import type { Problem } from './problem.ts';

const margin = '    ';

/** Cells in which a text beside something else can still be read. */
const readable = 30;

/**
 * The form for a terminal: where, what, the line with a mark under the word, the return code.
 *
 * @param width cells of a row, so that no row is broken within a word
 */
export function printProblem(problem: Problem, width = Number.POSITIVE_INFINITY): string {
  const { source, line, column, message, before, length, expected, nearest, returnCode } = problem;
  // As it will be seen, so that the mark stands under the word.
  const text = problem.text === null ? null : harmless(problem.text);
  const where = source === null ? '' : line === null ? `${source}: ` : `${source}:${line}:${column}: `;
  const hint = nearest === null ? expected : `${expected}; did you mean "${nearest}"?`;
  const lines = behind('', `${where}${message}`, width);
  if (line === null || column === null || text === null) {
    lines.push(...behind(margin, hint, width));
  } else {
    const indent = /^[ \t]*/.exec(text)?.[0] ?? '';
    const start = Math.max(0, before - indent.length);
    const seen = visible([...text.slice(indent.length)], start, length, width - margin.length);
    const mark = '^'.repeat(Math.max(1, seen.width));
    const pointer = `${margin}${blank(seen.front)}${mark}`;
    lines.push(`${margin}${seen.text}`, ...behind(`${pointer} `, hint, width));
  }
  if (returnCode !== null) lines.push(`Command fail. Return code ${returnCode}`);
  return harmless(lines.map(withoutLineEnds).join('\n'));
}

/** A text behind what stands before it, its further rows below its first; where there is little room, below both. */
function behind(front: string, text: string, width: number): string[] {
  const indent = displayWidth(front.replaceAll('\t', ' '.repeat(8)));
  if (displayWidth(text) <= width - indent) return [`${front}${text}`];
  const shown = withoutLineEnds(harmless(text));
  return width - indent < readable && front.trim() !== ''
    ? [front.trimEnd(), ...hanging(margin, shown, width)]
    : hanging(front, shown, width, indent);
}

/** What fits into a row of a line that has a mark, and the mark of it; all widths are in cells. */
function visible(
  characters: readonly string[],
  start: number,
  length: number,
  room: number,
): { readonly text: string; readonly front: string; readonly width: number } {
  const piece = (from: number, to?: number): string => characters.slice(from, to).join('');
  const isWhole = displayWidth(piece(0)) <= room;
  const from =
    isWhole || displayWidth(piece(0, start + length)) + 3 <= room
      ? 0
      : leadingFrom(characters, start, Math.floor(room / 3));
  const rest = piece(from);
  const shown = isWhole ? rest : cutToWidth(rest, Math.max(0, room - (from > 0 ? 6 : 3)));
  const to = from + [...shown].length;
  const lead = from > 0 ? '...' : '';
  return {
    text: `${lead}${shown}${to < characters.length ? '...' : ''}`,
    front: `${lead}${piece(from, start)}`,
    width: displayWidth(piece(start, Math.min(start + length, to))),
  };
}

/** Where those characters before `start` begin that fit into so many cells. */
function leadingFrom(characters: readonly string[], start: number, width: number): number {
  let from = start;
  let room = width;
  while (from > 0) {
    room -= characterWidth(characters[from - 1] ?? '');
    if (room < 0) break;
    from -= 1;
  }
  return from;
}

/** As wide as a text; a tab stays one, for it is as wide as what stands before it lets it be. */
function blank(text: string): string {
  return text.replace(/[^\t]+/g, (part) => ' '.repeat(displayWidth(part)));
}

/** A word of a message may hold any text. */
function withoutLineEnds(line: string): string {
  return line.replaceAll('\n', '\u240a');
}
