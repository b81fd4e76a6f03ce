import type { Terminal } from '../terminal/terminal.ts';
import { cutRow, type Frame, type Span } from './frame.ts';
import { type Paint, repaint } from './repaint.ts';

/** The other screen of a terminal, without a cursor: what was on the first one comes back (xterm's private mode 1049). */
const other = { begin: '\x1b[?1049h\x1b[?25l', end: '\x1b[?25h\x1b[?1049l' };
const clearing = '\x1b[H\x1b[2J';

/** All of a terminal's screen, for as long as something is shown that changes. */
export class FullScreen {
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  /** Null: it is not shown. */
  #frame: Frame | null = null;

  constructor(terminal: Terminal, paint: Paint) {
    this.#terminal = terminal;
    this.#paint = paint;
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  /** Shows these rows, as many as fit, each cut to the width. */
  show(spans: readonly (readonly Span[])[]): void {
    const { columns, rows, output } = this.#terminal;
    const cut = spans.slice(0, rows).map((each) => cutRow(each, columns));
    const frame: Frame = { rows: cut, cursor: { row: 0, column: 0 } };
    const begin = this.#frame === null ? other.begin + clearing : '';
    output.write(begin + repaint(this.#frame ?? undefined, frame, this.#paint));
    this.#frame = frame;
  }

  /** What is on it stands no longer where it was painted. */
  resized(): void {
    if (this.#frame === null) return;
    this.#terminal.output.write(clearing);
    this.#frame = { rows: [], cursor: { row: 0, column: 0 } };
  }

  /** Gives the terminal back. */
  leave(): void {
    if (this.#frame === null) return;
    this.#frame = null;
    this.#terminal.output.write(other.end);
  }
}
