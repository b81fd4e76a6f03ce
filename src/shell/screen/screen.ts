import type { Picture } from './frame.ts';

/** Writes to a terminal: the line that somebody types, and the text that scrolls away above it. */
export interface Screen {
  /** Shows a picture in place of the one before, or below what was written since. */
  paint(picture: Picture): void;
  /** Puts the cursor below the picture. Until something is written there, it can still be painted over. */
  leave(): void;
  /** Writes text that stays, whoever has written it, below the picture if there is one. */
  write(text: string): void;
  /** Writes whole lines that stay, above the picture, which is painted again. */
  writeAbove(text: string): void;
  erase(): void;
  clear(): void;
  /** The size of the terminal has changed. */
  resized(): void;
  /** Makes sure that what is written next begins a row of its own. */
  beginRow(): void;
  /** Forgets the picture, when somebody else has written too: the cursor is at the start of a row. */
  invalidate(): void;
  /** Writes nothing any more. */
  close(): void;
}
