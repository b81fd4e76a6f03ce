export type Order = { readonly by: string; readonly direction: 'ascending' | 'descending' };

/** Numbers within texts by their value: `10.0.0.9` before `10.0.0.10`. */
const texts = new Intl.Collator('en', { numeric: true });

/** Rows by a value of theirs; those of one value stay as they are. */
export function sorted<Row>(
  rows: readonly Row[],
  value: (row: Row) => string | number,
  direction: Order['direction'],
): readonly Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...rows].sort((one, other) => sign * compared(value(one), value(other)));
}

function compared(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return texts.compare(String(one), String(other));
}

/** Rows in the order of these ids; those that are new come last. */
export function inOrder<Row>(
  rows: readonly Row[],
  id: (row: Row) => string,
  ids: readonly string[],
): readonly Row[] {
  const places = new Map(ids.map((each, index) => [each, index]));
  return sorted(rows, (row) => places.get(id(row)) ?? ids.length, 'ascending');
}
