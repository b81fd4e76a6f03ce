/** What a row is, whatever its name. Negative while it exists only in memory. */
export type RowId = number;
