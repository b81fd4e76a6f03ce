import type { Catalogue } from '../schemas/catalogue.ts';
import type { Field, Table } from '../schemas/table.ts';

/** A field that can name rows of some table. `within`: the sub-tables of `table` that it is in, outermost first. */
export type Reference = { readonly table: Table; readonly within: readonly string[]; readonly field: Field };

/** Every field of the catalogue that can name a row of `target`. */
export function referencesTo(catalogue: Catalogue, target: Table): Reference[] {
  return catalogue.tables.flatMap((table) =>
    fieldsOf(table, []).flatMap(({ field, within }) =>
      field.meta.tables?.includes(target.id) ? [{ table, within, field }] : [],
    ),
  );
}

function fieldsOf(table: Table, within: readonly string[]): { field: Field; within: readonly string[] }[] {
  return [
    ...[...table.fields.values()].map((field) => ({ field, within })),
    ...[...table.tables.values()].flatMap((inner) => fieldsOf(inner, [...within, inner.name])),
  ];
}
