import type { Database } from 'better-sqlite3';
import type { Catalogue } from '../../schemas/catalogue.ts';
import type { Value } from '../../schemas/field.ts';
import type { Table } from '../../schemas/table.ts';
import { gap } from './writing/places.ts';

/**
 * Brings the predefined rows of the schemas into the database, so that references to them are like any other, and
 * the one row of each singleton, so that two people who set it for the first time change one row. A table that is
 * empty gets the rows that it starts with.
 */
export function writePredefined(database: Database, catalogue: Catalogue): void {
  const find = database.prepare<[string, number | null, string], { id: number; fields: string }>(
    'SELECT id, fields FROM row WHERE path = ? AND parent IS ? AND key = ?',
  );
  const insert = database.prepare(
    `INSERT INTO row (path, parent, key, position, predefined, fields) VALUES (@path, @parent, @key,
      (SELECT ifnull(max(position), 0) + ${gap} FROM row WHERE path = @path AND parent IS @parent), @predefined, @fields)`,
  );
  const update = database.prepare('UPDATE row SET fields = ?, predefined = 1 WHERE id = ?');
  const refer = database.prepare(
    'INSERT INTO reference (row, field, position, target) SELECT ?, ?, ?, id FROM row WHERE path = ? AND parent IS NULL AND key = ?',
  );
  const define = (
    { id: path }: Table,
    parent: number | null,
    key: string,
    row: ReadonlyMap<string, Value>,
  ): number => {
    const fields = JSON.stringify(Object.fromEntries(row));
    const known = find.get(path, parent, key);
    if (known !== undefined && known.fields !== fields) update.run(fields, known.id);
    return known?.id ?? Number(insert.run({ path, parent, key, fields, predefined: 1 }).lastInsertRowid);
  };
  const isEmpty = database.prepare('SELECT 1 FROM row WHERE path = ? LIMIT 1');
  const writeInitial = (table: Table): void => {
    for (const [key, row] of table.initial) {
      const plain = [...row].filter(([name]) => table.fields.get(name)?.meta.tables === undefined);
      const fields = JSON.stringify(Object.fromEntries(plain));
      const { lastInsertRowid } = insert.run({ path: table.id, parent: null, key, fields, predefined: 0 });
      for (const [name, value] of row) {
        const first = typeof value === 'object' ? 1 : 0;
        for (const path of table.fields.get(name)?.meta.tables ?? []) {
          for (const [index, key] of [value].flat().entries())
            refer.run(lastInsertRowid, name, first + index, path, key);
        }
      }
    }
  };
  const writeTable = (table: Table): void => {
    if (table.initial.size > 0 && isEmpty.get(table.id) === undefined) writeInitial(table);
    if (table.key === undefined && find.get(table.id, null, '') === undefined) {
      insert.run({ path: table.id, parent: null, key: '', fields: '{}', predefined: 0 });
    }
    for (const [key, row] of table.predefined) {
      const id = define(table, null, key, row);
      for (const child of table.tables.values()) {
        for (const [number, fields] of child.predefinedIn(key)) define(child, id, number, fields);
      }
    }
  };
  database.transaction(() => catalogue.tables.forEach(writeTable))();
}
