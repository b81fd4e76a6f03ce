import { type Content, isLink, isList } from './content.ts';
import type { Table } from './table.ts';

/**
 * Where a row sends a secret that can be had back, as one text: the field, and what those fields hold that it was given
 * for, defaults included. A secret is sealed for this text, and opens for no other: its `ENC` form is of no use in a row
 * that sends it elsewhere.
 */
export function destinationOf(table: Table, field: string, row: ReadonlyMap<string, Content>): string {
  const held = (table.fields.get(field)?.meta.givenFor ?? []).map((name) => {
    const content = table.inForce(row, name) ?? null;
    // A row that is referred to could send it elsewhere without this row being changed.
    if (content !== null && (isList(content) || isLink(content)))
      throw new Error(`${table.id}: ${field} is given for ${name}, which is no single value`);
    return [name, content];
  });
  return JSON.stringify([table.id, field, held]);
}
