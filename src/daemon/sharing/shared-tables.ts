import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import type { Row, View } from '../../store/view.ts';
import { messageOf } from '../../text/reason.ts';
import type { Steps } from '../../time/time-slice.ts';

/** Rows that are looked at before others may have a turn. */
const rowsInAStep = 256;

/** What stands against sharing a configuration, or taking one over, for a person. */
export class SharingFault extends Error {}

/** What is done with the key of secrets, which may be unreadable. */
export function withKey<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SharingFault(`the key of secrets: ${messageOf(error)}`);
  }
}

/** Fields that nodes share. */
export function sharedFields({ fields }: Table): readonly Field[] {
  return [...fields.values()].filter(({ meta }) => meta.ofNode !== true);
}

/** Whether nodes share the rows of a table or sub-table, apart from those that are always there. */
export function isShared({ ofNode, readOnly }: Table): boolean {
  return !ofNode && !readOnly;
}

/** Calls back with each row that nodes share, and its table: after the row that holds it, in the order of its table. */
export function* eachSharedRow(
  catalogue: Catalogue,
  view: View,
  found: (row: Row, table: Table) => void,
): Steps<void> {
  let count = 0;
  const within = function* (table: Table, parent: RowId | null): Steps<void> {
    for (const row of view.rows(table.id, parent)) {
      if (row.predefined) continue;
      found(row, table);
      for (const inner of table.tables.values()) yield* within(inner, row.id);
      count += 1;
      if (count % rowsInAStep === 0) yield;
    }
  };
  for (const table of catalogue.tables) if (isShared(table)) yield* within(table, null);
}
