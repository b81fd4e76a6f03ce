/** A row as a program gives it. */
export type RowInput = Readonly<Record<string, unknown>>;

export function isRowInput(value: unknown): value is RowInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
