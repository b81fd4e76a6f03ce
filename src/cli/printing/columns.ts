import { displayWidth, padToWidth } from '../../text/display-width.ts';

/** A column of a table for a person. */
export type Column<T> = {
  readonly title: string;
  readonly text: (row: T) => string | number;
};

/** How a column is printed. */
type Shape = { width: number; isOfNumbers: boolean };

/** Rows that are looked at before others may have a turn. */
const rowsInAStep = 64;

/** Rows under their titles, each column as wide as it must be; numbers stand to the right. No row: no line. */
export function* columns<T>(rows: readonly T[], layout: readonly Column<T>[]): Generator<string, void> {
  for (const made of longColumns(rows, layout)) if (made !== undefined) yield made;
}

/** The same of so many rows that others should have turns meanwhile. */
export function* longColumns<T>(
  rows: readonly T[],
  layout: readonly Column<T>[],
): Generator<string | undefined, void> {
  if (rows.length === 0) return;
  const shaped = layout.map((column) => ({
    column,
    shape: { width: displayWidth(column.title), isOfNumbers: true },
  }));
  for (const [index, row] of rows.entries()) {
    for (const { column, shape } of shaped) widen(shape, column.text(row));
    if (index % rowsInAStep === 0) yield undefined;
  }
  yield line(shaped.map(({ column, shape }) => cell(column.title, shape)));
  for (const row of rows) yield line(shaped.map(({ column, shape }) => cell(column.text(row), shape)));
}

function widen(shape: Shape, value: string | number): void {
  shape.width = Math.max(shape.width, displayWidth(String(value)));
  shape.isOfNumbers &&= typeof value === 'number';
}

function cell(value: string | number, { width, isOfNumbers }: Shape): string {
  return padToWidth(String(value), width, isOfNumbers ? 'right' : 'left');
}

function line(cells: readonly string[]): string {
  return cells.join('  ').trimEnd();
}
