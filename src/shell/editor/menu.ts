import type { Candidate, HelpLine } from '../../cli/typing/assistance.ts';
import { displayWidth, padToWidth, wrapped } from '../../text/display-width.ts';
import { printableText } from '../../text/printable.ts';
import type { Span } from '../screen/frame.ts';

/** The candidates in columns: at most `height` rows, of which one holds the selected candidate. */
export function menuRows(
  candidates: readonly Candidate[],
  selected: number,
  columns: number,
  height: number,
): Span[][] {
  const most = Math.max(1, height - 1);
  const words = candidates.map(({ text }) => printableText(text));
  const width = words.reduce((widest, word) => Math.max(widest, displayWidth(word)), 0) + 2;
  const perRow = Math.max(1, Math.floor((columns + 2) / width));
  const first = Math.max(0, Math.floor(selected / perRow) - most + 1) * perRow;
  const shown = words.slice(first, first + most * perRow);
  const rows: Span[][] = [];
  for (const [index, word] of shown.entries()) {
    if (index % perRow === 0) rows.push([]);
    const style = first + index === selected ? 'selected' : 'plain';
    rows
      .at(-1)
      ?.push({ text: word, style }, { text: ' '.repeat(width - displayWidth(word)), style: 'plain' });
  }
  const missing = candidates.length - shown.length;
  if (missing > 0) rows.push([{ text: `(${missing} more)`, style: 'ghost' }]);
  return rows;
}

/** What `?` prints: words in a column with their help to the right, wrapped to the screen. */
export function helpText(lines: readonly HelpLine[], columns: number): string {
  const shown = lines.length === 0 ? [{ word: '<Enter>', help: '' }] : lines;
  const words = shown.map(({ word }) => printableText(word));
  const limit = Math.max(8, Math.floor(columns / 2));
  const width = words
    .map(displayWidth)
    .reduce((widest, word) => (word > limit ? widest : Math.max(widest, word)), 0);
  return shown
    .flatMap(({ help }, at) => helpRows(words[at] ?? '', printableText(help), width, columns))
    .map((row) => `${row.trimEnd()}\n`)
    .join('');
}

/** A word that is wider than the column has its help behind it, or, where that does not fit, in the next row. */
function helpRows(word: string, help: string, width: number, columns: number): string[] {
  const whole = `${padToWidth(word, width)}  ${help}`;
  if (displayWidth(whole) <= columns) return [whole];
  const indent = ' '.repeat(width + 2);
  const rows = wrapped(help, Math.max(1, columns - indent.length));
  if (displayWidth(word) > width) return [...wrapped(word, columns), ...rows.map((row) => indent + row)];
  return rows.map((row, at) => (at === 0 ? padToWidth(word, width + 2) : indent) + row);
}
