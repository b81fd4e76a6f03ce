import { displayWidth, padToWidth } from '../../text/display-width.ts';

/** A column of a table for a person. */
export type Column<T> = {
  readonly title: string;
  readonly text: (row: T) => string | number;
};

/** Rows under their titles, each column as wide as it must be; numbers stand to the right. No row: no line. */
export function* columns<T>(rows: readonly T[], layout: readonly Column<T>[]): Generator<string> {
  if (rows.length === 0) return;
  const shaped = layout.map(({ title, text }) => {
    const values = rows.map(text);
    const cells = [title, ...values.map(String)];
    const width = cells.reduce((widest, cell) => Math.max(widest, displayWidth(cell)), 0);
    const side = values.every((value) => typeof value === 'number') ? 'right' : 'left';
    return cells.map((cell) => padToWidth(cell, width, side));
  });
  for (let index = 0; index <= rows.length; index++) {
    yield shaped
      .map((cells) => cells[index])
      .join('  ')
      .trimEnd();
  }
}
