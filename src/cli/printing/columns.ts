/** A column of a table for a person. */
export type Column<T> = {
  readonly title: string;
  readonly text: (row: T) => string | number;
};

/** Rows under their titles, each column as wide as it must be; numbers stand to the right. No row: no line. */
export function* columns<T>(rows: readonly T[], layout: readonly Column<T>[]): Generator<string> {
  if (rows.length === 0) return;
  const cells = rows.map((row) => layout.map(({ text }) => text(row)));
  const isNumber = layout.map((_, index) => cells.every((row) => typeof row[index] === 'number'));
  const titles = layout.map(({ title }) => title);
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...cells.map((row) => String(row[index]).length)),
  );
  for (const row of [titles, ...cells]) {
    const padded = row.map((cell, index) => {
      const width = widths[index] ?? 0;
      return isNumber[index] ? String(cell).padStart(width) : String(cell).padEnd(width);
    });
    yield padded.join('  ').trimEnd();
  }
}
