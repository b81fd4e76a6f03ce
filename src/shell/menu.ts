import type { Candidate, HelpLine } from '../control/session.ts';
import { cutToWidth, displayWidth, padToWidth, shownText } from './display-width.ts';
import type { Span } from './frame.ts';

/** The candidates in columns, at most `height` rows of them, among these the selected one. */
export function menuRows(
  candidates: readonly Candidate[],
  selected: number,
  columns: number,
  height: number,
): Span[][] {
  const most = Math.max(1, height - 1);
  const words = candidates.map(({ text }) => shownText(text));
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

/** What `?` prints: words in a column, their help right of it, each line cut to the width. */
export function helpText(lines: readonly HelpLine[], columns: number): string {
  const shown = lines.length === 0 ? [{ word: '<Enter>', help: '' }] : lines;
  const words = shown.map(({ word }) => shownText(word));
  const limit = Math.max(8, Math.floor(columns / 2));
  const width = words
    .map(displayWidth)
    .reduce((widest, word) => (word > limit ? widest : Math.max(widest, word)), 0);
  return shown
    .map(({ help }, at) => `${padToWidth(words[at] ?? '', width)}  ${shownText(help)}`.trimEnd())
    .map((line) => `${cutToWidth(line, columns)}\n`)
    .join('');
}
