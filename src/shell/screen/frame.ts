import type { Highlight } from '../../cli/typing/assistance.ts';
import { characterWidth } from '../../text/display-width.ts';
import { graphemes } from '../../text/graphemes.ts';
import { printable } from '../../text/printable.ts';

export type Style = Highlight['kind'] | 'plain' | 'ghost' | 'selected';
export type Span = { readonly text: string; readonly style: Style };

/** One character of the screen. */
export type Cell = { readonly text: string; readonly width: number; readonly style: Style };
export type Row = readonly Cell[];

/** What to show of a line being typed, before it is laid out for the size of the screen. */
export type Picture = {
  readonly prompt: string;
  /** The text being typed. The cursor is an offset in UTF-16 code units. */
  readonly line: { readonly text: string; readonly cursor: number };
  /** In order, not overlapping. */
  readonly highlights: readonly Highlight[];
  /** Behind the line. */
  readonly suffix: Span;
  /** Rows below the line, each truncated to the width of the screen. */
  readonly below: readonly (readonly Span[])[];
};

/** Cells of the screen, from the row of the prompt on. */
export type Frame = {
  readonly rows: readonly Row[];
  readonly cursor: { readonly row: number; readonly column: number };
};

/** The prompt of every row of a line but the first. */
export const continuationPrompt = '> ';

class Rows {
  readonly rows: Cell[][] = [[]];
  column = 0;
  readonly #columns: number;

  constructor(columns: number) {
    this.#columns = columns;
  }

  put(character: string, style: Style): void {
    for (const cell of cellsOf(character, style)) {
      if (this.column + cell.width > this.#columns) this.begin();
      this.rows.at(-1)?.push(cell);
      this.column += cell.width;
    }
  }

  begin(): void {
    this.rows.push([]);
    this.column = 0;
  }

  /** Where the next character will stand. */
  place(): Frame['cursor'] {
    if (this.column >= this.#columns) this.begin();
    return { row: this.rows.length - 1, column: this.column };
  }
}

/** Lays a picture out on a screen of so many cells. What doesn't fit is left out, but never the row of the cursor. */
export function frameOf(picture: Picture, columns: number, height: number): Frame {
  const { line, suffix } = picture;
  const out = new Rows(columns);
  for (const character of graphemes(picture.prompt)) out.put(character, 'plain');
  let cursor: Frame['cursor'] | undefined;
  let offset = 0;
  let next = 0;
  for (const character of graphemes(line.text)) {
    while (endOf(picture.highlights[next]) <= offset) next += 1;
    const { start = Infinity, kind = 'plain' } = picture.highlights[next] ?? {};
    if (offset === line.cursor) cursor = out.place();
    offset += character.length;
    if (character === '\n') {
      out.begin();
      for (const part of continuationPrompt) out.put(part, 'plain');
    } else {
      out.put(character, start < offset ? kind : 'plain');
    }
  }
  cursor ??= out.place();
  for (const character of graphemes(suffix.text)) out.put(character, suffix.style);
  return windowOf([...out.rows, ...picture.below.map((spans) => cutRow(spans, columns))], cursor, height);
}

function endOf(highlight: Highlight | undefined): number {
  return highlight === undefined ? Infinity : highlight.start + highlight.length;
}

/** A control character is shown as several of its own. */
function cellsOf(character: string, style: Style): readonly Cell[] {
  const text = printable(character);
  const parts = text === character ? [text] : [...text];
  return parts.map((part) => ({ text: part, width: characterWidth(part), style }));
}

/** The cells of a row, as many as fit. */
export function cutRow(spans: readonly Span[], columns: number): Row {
  const cells = spans.flatMap(({ text, style }) =>
    graphemes(text).flatMap((character) => cellsOf(character, style)),
  );
  let room = columns;
  const end = cells.findIndex(({ width }) => {
    room -= width;
    return room < 0;
  });
  return end < 0 ? cells : cells.slice(0, end);
}

function windowOf(rows: readonly Row[], cursor: Frame['cursor'], height: number): Frame {
  const start = Math.max(0, cursor.row - height + 1);
  return {
    rows: rows.slice(start, start + height),
    cursor: { row: cursor.row - start, column: cursor.column },
  };
}
