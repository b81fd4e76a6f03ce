import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Catalogue, loadCatalogue } from '../../schemas/catalogue.ts';
import { nameKey } from '../../schemas/key.ts';
import { reference } from '../../schemas/kinds/reference.ts';
import { type Table, Table as TableClass } from '../../schemas/table.ts';

const catalogue = await loadCatalogue();

function withSubTables(table: Table): Table[] {
  return [table, ...[...table.tables.values()].flatMap(withSubTables)];
}

const all = catalogue.tables.flatMap(withSubTables);

suite('the catalogue', () => {
  test('has a table for every file, under the path of the file', () => {
    const folder = join(import.meta.dirname, '..', '..', 'schemas');
    const files = globSync('*/**/*.ts', { cwd: folder }).filter((file) => !file.startsWith('kinds/'));
    assert.deepEqual(catalogue.tables.map(({ path }) => `${path.join('/')}.ts`).sort(), files.sort());
  });

  test('has every table after those that it refers to', () => {
    const places = new Map(catalogue.tables.map(({ id }, index) => [id, index]));
    for (const table of catalogue.tables) {
      const place = places.get(table.id) ?? -1;
      const targets = withSubTables(table).flatMap(({ fields }) =>
        [...fields.values()].flatMap(({ meta }) => meta.tables ?? []),
      );
      for (const target of targets)
        assert.ok((places.get(target) ?? Number.NaN) < place, `${table.id} -> ${target}`);
    }
  });

  test('has a help line for every table, field and choice', () => {
    for (const table of all) {
      assert.notEqual(table.help, '', table.id);
      for (const { name, meta } of table.fields.values()) {
        assert.notEqual(meta.help, '', `${table.id} ${name}`);
        assert.notEqual(meta.expected, '', `${table.id} ${name}`);
        for (const [word, help] of Object.entries(meta.choices ?? {}))
          assert.notEqual(help, '', `${name} ${word}`);
      }
    }
  });

  test('has defaults that are values of their fields', () => {
    for (const { id, fields } of all) {
      for (const field of fields.values()) {
        const preset = field.meta.default;
        if (preset === undefined) continue;
        for (const value of [preset].flat())
          assert.deepEqual(field.read(String(value)), { value }, `${id} ${field.name}`);
        assert.ok(!field.meta.required, `${id} ${field.name} is required and has a default`);
      }
    }
  });

  test('has predefined rows that are rows of their tables', () => {
    for (const table of catalogue.tables) {
      for (const [key, row] of table.predefined) {
        assert.deepEqual(table.readKey(key), { key });
        for (const [name, value] of row) {
          const field = table.fields.get(name);
          assert.ok(field !== undefined, `${table.id} ${key} ${name}`);
          if (field.meta.tables === undefined) assert.deepEqual(field.read(String(value)), { value });
        }
      }
    }
  });

  test('has no name that is the beginning of a verb line of its own: words are words', () => {
    for (const { id, path } of all) {
      for (const word of path) assert.match(word, /^[a-z0-9][A-Za-z0-9_-]*$/, id);
    }
  });

  test('refuses references to no table, and such as lead back', () => {
    const table = (name: string, target: string): Table =>
      new TableClass([name], {
        help: 'x',
        area: 'sysgrp',
        key: nameKey(),
        members: { to: reference({ help: 'x', tables: [target] }) },
      });
    assert.throws(() => new Catalogue([table('a', 'nothing')]), {
      message: 'a: refers to nothing, which is no table',
    });
    assert.throws(() => new Catalogue([table('a', 'b'), table('b', 'a')]), {
      message: /: its references lead back to it$/,
    });
  });
});
