import { harmless } from '../../text/harmless.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Frame, frameOf, type Picture } from './frame.ts';
import { type Paint, Pen, repaint, widthOf } from './repaint.ts';
import type { Screen } from './screen.ts';

/** A screen on which the picture is painted in place, by escape sequences, as a frame of cells. */
export class RepaintedScreen implements Screen {
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  /** The frame on the screen, if it can still be painted over. */
  #frame: Frame | undefined;
  #isAtLineStart = true;
  #isClosed = false;

  constructor(terminal: Terminal, paint: Paint) {
    this.#terminal = terminal;
    this.#paint = paint;
  }

  paint(picture: Picture): void {
    this.#show(frameOf(picture, this.#terminal.columns, this.#terminal.rows));
  }

  #show(frame: Frame): void {
    if (this.#frame === undefined && !this.#isAtLineStart) this.#send('\r\n');
    this.#send(repaint(this.#frame, frame, this.#paint));
    this.#frame = frame;
    this.#isAtLineStart = false;
  }

  leave(): void {
    if (this.#frame === undefined) return;
    const { rows } = this.#frame;
    const pen = new Pen(this.#frame);
    pen.to(rows.length, 0);
    this.#send(pen.text);
    // A frame as high as the screen has lost its first row.
    const isWhole = rows.length < this.#terminal.rows;
    this.#frame = isWhole ? { rows, cursor: { row: rows.length, column: 0 } } : undefined;
    this.#isAtLineStart = true;
  }

  write(text: string): void {
    if (text === '') return;
    if (this.#frame !== undefined && this.#frame.cursor.row < this.#frame.rows.length) this.leave();
    this.#frame = undefined;
    this.#send(harmless(text).replaceAll('\n', '\r\n'));
    this.#isAtLineStart = text.endsWith('\n');
  }

  writeAbove(text: string): void {
    const frame = this.#frame;
    const isStanding = frame !== undefined && frame.cursor.row < frame.rows.length;
    if (isStanding) this.erase();
    else if (!this.#isAtLineStart) this.write('\n');
    this.write(text.endsWith('\n') ? text : `${text}\n`);
    if (isStanding) this.#show(frame);
  }

  erase(): void {
    if (this.#frame === undefined) return;
    const pen = new Pen(this.#frame);
    pen.to(0, 0);
    pen.eraseBelow();
    this.#send(pen.text);
    this.invalidate();
  }

  clear(): void {
    this.#send('\x1b[H\x1b[2J');
    this.invalidate();
  }

  /**
   * Takes the frame off a screen whose width has changed. Terminals break the rows that have become too long, so
   * the cursor is further down than it was painted.
   */
  resized(): void {
    const frame = this.#frame;
    if (frame === undefined) return;
    const { columns, rows } = this.#terminal;
    if (frame.cursor.row === frame.rows.length) {
      this.#frame = undefined;
      return;
    }
    const above = frame.rows.slice(0, frame.cursor.row).map((row) => Math.ceil(widthOf(row) / columns));
    const broken = Math.floor(frame.cursor.column / columns);
    const up = above.reduce((sum, count) => sum + Math.max(1, count), broken);
    const moved = Math.min(up, rows - 1);
    this.#send(`${moved > 0 ? `\x1b[${moved}A` : ''}\r\x1b[J`);
    this.invalidate();
  }

  beginRow(): void {
    if (this.#frame !== undefined && this.#frame.cursor.row < this.#frame.rows.length) this.leave();
    else if (!this.#isAtLineStart) this.#send('\r\n');
    this.invalidate();
  }

  invalidate(): void {
    this.#frame = undefined;
    this.#isAtLineStart = true;
  }

  close(): void {
    this.#isClosed = true;
  }

  #send(text: string): void {
    if (text !== '' && !this.#isClosed) this.#terminal.output.write(text);
  }
}
