import type { RowId } from '../../../schemas/content.ts';
import type { Table } from '../../../schemas/table.ts';

/** A table, or the sub-table of one row. */
export type OpenTable = { readonly table: Table; readonly parent: RowId | null };
