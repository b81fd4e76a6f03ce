import type { Database } from 'better-sqlite3';
import type { Catalogue } from '../../schemas/catalogue.ts';
import type { Table } from '../../schemas/table.ts';

/**
 * Brings the predefined rows of the schemas into the database, so that references to them are like any other, and
 * the one row of each singleton, so that two people who set it for the first time change one row. A table that is
 * empty gets the rows that it starts with.
 */
export function writePredefined(database: Database, catalogue: Catalogue): void {
  const find = database.prepare<[string, string], { id: number; fields: string }>(
    'SELECT id, fields FROM row WHERE path = ? AND parent IS NULL AND key = ?',
  );
  const insert = database.prepare(
    `INSERT INTO row (path, key, position, predefined, fields) VALUES (@path, @key,
      (SELECT ifnull(max(position), 0) + 1 FROM row WHERE path = @path AND parent IS NULL), @predefined, @fields)`,
  );
  const update = database.prepare('UPDATE row SET fields = ?, predefined = 1 WHERE id = ?');
  const refer = database.prepare(
    'INSERT INTO reference (row, field, position, target) SELECT ?, ?, ?, id FROM row WHERE path = ? AND parent IS NULL AND key = ?',
  );
  const isEmpty = database.prepare('SELECT 1 FROM row WHERE path = ? LIMIT 1');
  const writeInitial = (table: Table): void => {
    for (const [key, row] of table.initial) {
      const plain = [...row].filter(([name]) => table.fields.get(name)?.meta.tables === undefined);
      const fields = JSON.stringify(Object.fromEntries(plain));
      const { lastInsertRowid } = insert.run({ path: table.id, key, fields, predefined: 0 });
      for (const [name, value] of row) {
        const first = typeof value === 'object' ? 1 : 0;
        for (const path of table.fields.get(name)?.meta.tables ?? []) {
          for (const [index, key] of [value].flat().entries())
            refer.run(lastInsertRowid, name, first + index, path, key);
        }
      }
    }
  };
  for (const table of catalogue.tables) {
    if (table.initial.size > 0 && isEmpty.get(table.id) === undefined) writeInitial(table);
    if (table.key === undefined && find.get(table.id, '') === undefined) {
      insert.run({ path: table.id, key: '', fields: '{}', predefined: 0 });
    }
    for (const [key, row] of table.predefined) {
      const fields = JSON.stringify(Object.fromEntries(row));
      const known = find.get(table.id, key);
      if (known === undefined) insert.run({ path: table.id, key, fields, predefined: 1 });
      else if (known.fields !== fields) update.run(fields, known.id);
    }
  }
}
