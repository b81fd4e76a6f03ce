import { Catalogue } from '../../schemas/catalogue.ts';
import { nameKey, numberKey } from '../../schemas/key.ts';
import { integer } from '../../schemas/kinds/integer.ts';
import { Table } from '../../schemas/table.ts';

const size = integer({ help: 'Its size', minimum: 0, maximum: 99, default: 0 });

type Kinds = Readonly<Record<string, { readonly size: number }>>;

/** Tables that are enough to try the store: rows in rows in rows, predefined rows, a singleton. */
export function catalogueWith(predefined: Kinds): Catalogue {
  return new Catalogue([
    new Table(['thing'], {
      help: 'Things',
      area: 'sysgrp',
      key: nameKey(),
      members: {
        size,
        part: {
          help: 'Parts of a thing',
          key: numberKey(),
          members: { size, bit: { help: 'Bits of a part', key: numberKey(), members: { size } } },
        },
      },
    }),
    new Table(['kind'], {
      help: 'Kinds of things',
      area: 'sysgrp',
      key: nameKey(),
      members: { size },
      predefined,
    }),
    new Table(['world'], { help: 'All', area: 'sysgrp', members: { size } }),
  ]);
}

export const smallCatalogue = catalogueWith({ common: { size: 1 }, rare: { size: 2 } });

/** Sub-tables of a table, one level down. */
export function subTables(table: string): readonly string[] {
  return [...smallCatalogue.tableOf(table).tables.values()].map(({ id }) => id);
}
