import type { Cell, Frame, Row, Style } from './frame.ts';

export type Paint = (style: Style, text: string) => string;

export function widthOf(row: Row): number {
  return row.reduce((sum, { width }) => sum + width, 0);
}

const csi = '\x1b[';

/** Collects escape sequences and text, and keeps track of where they leave the cursor. */
export class Pen {
  text = '';
  #row: number;
  /** Equal to the width of the screen behind a full row: only an absolute move is safe from there. */
  #column: number;
  /** Rows that exist on the screen: only a newline leads further down. */
  #height: number;

  constructor(frame: Frame | undefined) {
    this.#row = frame?.cursor.row ?? 0;
    this.#column = frame?.cursor.column ?? 0;
    this.#height = Math.max(frame?.rows.length ?? 1, this.#row + 1);
  }

  to(row: number, column: number): void {
    const reachable = Math.min(row, this.#height - 1);
    if (reachable < this.#row) this.text += `${csi}${this.#row - reachable}A`;
    if (reachable > this.#row) this.text += `${csi}${reachable - this.#row}B`;
    if (row > reachable) {
      this.text += '\r\n'.repeat(row - reachable);
      this.#height = row + 1;
      this.#column = 0;
    }
    this.#row = row;
    if (column === this.#column) return;
    this.text += column === 0 ? '\r' : `${csi}${column + 1}G`;
    this.#column = column;
  }

  write(cells: readonly Cell[], paint: Paint): void {
    let run = '';
    let style: Style = 'plain';
    for (const cell of cells) {
      if (cell.style !== style) {
        if (run !== '') this.text += paint(style, run);
        run = '';
        ({ style } = cell);
      }
      run += cell.text;
      this.#column += cell.width;
    }
    if (run !== '') this.text += paint(style, run);
  }

  eraseToRowEnd(): void {
    this.text += `${csi}K`;
  }

  eraseBelow(): void {
    this.text += `${csi}J`;
  }
}

/** What to send so that the screen shows `next` where it shows `old`, or nothing yet with the cursor at the start of a row. */
export function repaint(old: Frame | undefined, next: Frame, paint: Paint): string {
  const pen = new Pen(old);
  for (const [index, row] of next.rows.entries()) {
    const before = old?.rows[index] ?? [];
    const same = sameCells(before, row);
    if (same === row.length && same === before.length) continue;
    pen.to(index, widthOf(row.slice(0, same)));
    pen.write(row.slice(same), paint);
    if (widthOf(before) > widthOf(row)) pen.eraseToRowEnd();
  }
  if (old !== undefined && old.rows.length > next.rows.length) {
    pen.to(next.rows.length, 0);
    pen.eraseBelow();
  }
  pen.to(next.cursor.row, next.cursor.column);
  return pen.text;
}

/** How many cells at the start of both rows are the same. */
function sameCells(one: Row, other: Row): number {
  const differs = other.findIndex(({ text, style }, at) => one[at]?.text !== text || one[at].style !== style);
  return differs < 0 ? other.length : differs;
}
