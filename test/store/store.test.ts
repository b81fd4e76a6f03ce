import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { Draft } from '../../src/store/draft.ts';
import { Store } from '../../src/store/store.ts';
import type { Row, View } from '../../src/store/view.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { temporaryFolder } from '../running/folder.ts';
import { type DatabaseFile, openDatabaseFile } from './database-file.ts';
import { catalogueWith, smallCatalogue, subTables } from './small-catalogue.ts';

/** Version of the database that this Levee makes. */
const present = 11;

const author = { name: 'anna', origin: 'console' };

type Opened = { readonly file: DatabaseFile; readonly store: Store };

function open(context: TestContext): Opened {
  const file = openDatabaseFile(context);
  const store = new Store(file.path, smallCatalogue);
  context.after(() => store.close());
  return { file, store };
}

function idOf(view: View, table: string, key: string): number {
  const id = view.find(table, null, key);
  assert.ok(id !== undefined, `${table} ${key}`);
  return id;
}

function keys(rows: readonly Row[]): string[] {
  return rows.map(({ key }) => key);
}

suite('a database', () => {
  test('that is new gets the present version', (context) => {
    const { file } = open(context);
    assert.equal(file.version, present);
    assert.deepEqual(file.revisions(), []);
  });

  test('of before there were lists keeps its references and its blocks', (context) => {
    const { file, store } = open(context);
    const draft = new Draft(store.stored);
    const b = draft.create('thing', null, 'b');
    draft.set(draft.create('thing', null, 'a'), 'thing', { target: b });
    store.commit(draft, author, 1);
    store.close();
    file.execute(`
      CREATE TABLE old (row INTEGER NOT NULL REFERENCES row(id) ON DELETE CASCADE, field TEXT NOT NULL,
        target INTEGER NOT NULL REFERENCES row(id) DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY (row, field))
        STRICT, WITHOUT ROWID;
      INSERT INTO old SELECT row, field, target FROM reference;
      DROP TABLE reference;
      ALTER TABLE old RENAME TO reference;
      CREATE INDEX reference_target ON reference (target);
      DROP TABLE seal;
      DROP TABLE confirmation;
      DROP TABLE shared_configuration;
      DROP TABLE shared_row;
      DROP TABLE fitted;
      DROP TABLE block;
      ALTER TABLE revision DROP COLUMN comment;
      ALTER TABLE revision DROP COLUMN tables;
      DROP TABLE change;
      CREATE TABLE change (revision INTEGER NOT NULL, row INTEGER NOT NULL, fields TEXT NOT NULL);
      CREATE TABLE block (policy INTEGER NOT NULL REFERENCES row(id) ON DELETE CASCADE, source TEXT NOT NULL,
        prefix INTEGER NOT NULL, reason TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (policy, source, prefix))
        STRICT, WITHOUT ROWID;
      INSERT INTO block SELECT id, '192.0.2.1', 32, 'connections', 1000 FROM row WHERE key = 'a';
      PRAGMA user_version = 2;
    `);
    const { stored, blocks, history, hasLostHistory } = new Store(file.path, smallCatalogue);
    assert.deepEqual([hasLostHistory, history.oldest, history.get(1)?.tables], [true, 1, null]);
    const target = idOf(stored, 'thing', 'b');
    const user = idOf(stored, 'thing', 'a');
    assert.deepEqual(stored.row(user)?.fields, new Map([['thing', { target }]]));
    assert.deepEqual(stored.users(target), [{ row: user, field: 'thing' }]);
    const block = {
      policy: user,
      source: '192.0.2.1',
      prefix: 32,
      reason: 'connections',
      since: 0,
      until: 1000,
    };
    assert.deepEqual(blocks.page(null, 10), [block]);
    assert.deepEqual([file.version, file.faults], [present, []]);
  });

  test('of a newer version is refused and left alone', (context) => {
    const file = openDatabaseFile(context);
    file.execute(`PRAGMA user_version = ${present + 1}; CREATE TABLE of_tomorrow (a)`);
    assert.throws(() => new Store(file.path, smallCatalogue), {
      message: `${file.path}: the database has version ${present + 1}, and this Levee knows none above ${present}: run the Levee that wrote it`,
    });
    assert.equal(file.version, present + 1);
  });

  test('that another process may go on with is opened as it is, or refused and left alone', (context) => {
    const { file, store } = open(context);
    store.close();
    new Store(file.path, smallCatalogue, true).close();
    const refused = (catalogue = smallCatalogue): void => {
      const before = file.dataVersion;
      assert.throws(() => new Store(file.path, catalogue, true), {
        message: /: this Levee would change it, /,
      });
      assert.equal(file.dataVersion, before);
    };
    refused(catalogueWith({ common: { size: 1 }, rare: { size: 3 } }));
    refused(catalogueWith({ common: { size: 1 }, rare: { size: 2 }, other: { size: 1 } }));
    file.execute(`PRAGMA user_version = ${present - 1}`);
    refused();
    assert.equal(file.version, present - 1);
  });

  test('that is none is refused and left alone', (context) => {
    const path = join(temporaryFolder(context), 'levee.db');
    writeFileSync(path, 'config system global\n'.repeat(100));
    assert.throws(() => new Store(path, smallCatalogue), { message: `${path}: file is not a database` });
  });

  test('that is removed under way takes no commit, and neither does one in its place', (context) => {
    const { file, store } = open(context);
    const commit = (key: string): void => {
      const draft = new Draft(store.stored);
      draft.create('thing', null, key);
      store.commit(draft, author, 0);
    };
    commit('a');
    rmSync(file.path);
    assert.throws(() => commit('b'), { message: /levee\.db was removed or replaced/ });
    writeFileSync(file.path, '');
    assert.throws(() => commit('b'), { message: /levee\.db was removed or replaced/ });
    assert.equal(store.stored.revision, 1);
  });

  test('is opened again without a change', (context) => {
    const { file, store } = open(context);
    const draft = new Draft(store.stored);
    draft.set(draft.create('thing', null, 'a'), 'size', 3);
    store.commit(draft, author, 1);
    const before = keys(store.stored.rows('kind', null));
    const written = file.dataVersion;
    const again = new Store(file.path, smallCatalogue);
    context.after(() => again.close());
    assert.deepEqual(keys(again.stored.rows('kind', null)), before);
    assert.equal(again.stored.revision, 1);
    assert.equal(again.stored.row(idOf(again.stored, 'thing', 'a'))?.fields.get('size'), 3);
    assert.equal(file.dataVersion, written, 'nothing was written');
  });

  test('in which something else has changed a row takes no commit beside it, and is not opened again', (context) => {
    const { file, store } = open(context);
    const draft = new Draft(store.stored);
    for (let number = 0; number < 300; number += 1) draft.create('thing', null, `thing ${number}`);
    store.commit(draft, author, 1);
    const fewer = new Draft(store.stored);
    for (let number = 20; number < 280; number += 1)
      fewer.delete(idOf(store.stored, 'thing', `thing ${number}`), subTables);
    store.commit(fewer, author, 2);
    new Store(file.path, smallCatalogue).close();
    file.execute(`UPDATE row SET fields = '{"size":4}' WHERE key = 'thing 285'`);
    const rename = (key: string): number => {
      const renaming = new Draft(store.stored);
      renaming.rename(idOf(store.stored, 'thing', key), `${key} anew`);
      return store.commit(renaming, author, 3).revision;
    };
    assert.throws(() => rename('thing 286'), { message: /bytes have changed/ });
    assert.equal(rename('thing 1'), 3, 'it is far from there');
    assert.throws(() => new Store(file.path, smallCatalogue), { message: /bytes have changed/ });
  });
});

suite('predefined rows', () => {
  test('are there from the start, and can be referred to', (context) => {
    const { store, file } = open(context);
    const rows = store.stored.rows('kind', null);
    assert.deepEqual(keys(rows), ['common', 'rare']);
    assert.ok(rows.every(({ predefined }) => predefined));
    const draft = new Draft(store.stored);
    const thing = draft.create('thing', null, 'a');
    draft.set(thing, 'kind', { target: idOf(draft, 'kind', 'rare') });
    store.commit(draft, author, 1);
    const users = store.stored.users(idOf(store.stored, 'kind', 'rare'));
    assert.deepEqual(users, [{ row: idOf(store.stored, 'thing', 'a'), field: 'kind' }]);
    assert.deepEqual(file.faults, []);
  });

  test('follow the schemas of a later Levee, and keep what refers to them', (context) => {
    const { store, file } = open(context);
    const draft = new Draft(store.stored);
    draft.set(draft.create('thing', null, 'a'), 'kind', { target: idOf(draft, 'kind', 'rare') });
    store.commit(draft, author, 1);
    const later = catalogueWith({ common: { size: 1 }, rare: { size: 20 }, new: { size: 3 } });
    const again = new Store(file.path, later);
    context.after(() => again.close());
    const rare = idOf(again.stored, 'kind', 'rare');
    assert.deepEqual(keys(again.stored.rows('kind', null)), ['common', 'rare', 'new']);
    assert.equal(again.stored.row(rare)?.fields.get('size'), 20);
    assert.equal(again.stored.users(rare).length, 1);
  });
});

suite('a commit', () => {
  test('makes a revision: who, from where, when, and which fields, before and after', (context) => {
    const { store, file } = open(context);
    const first = new Draft(store.stored);
    const a = first.create('thing', null, 'a');
    first.set(a, 'size', 1);
    first.set(a, 'colour', 'red');
    first.set(first.create('thing part', a, '1'), 'size', 5);
    store.commit(first, author, 1_700_000_000_000);

    const second = new Draft(store.stored);
    const id = idOf(second, 'thing', 'a');
    second.set(id, 'size', 2);
    second.set(id, 'colour', 'red');
    second.set(id, 'kind', { target: idOf(second, 'kind', 'rare') });
    const part = second.find('thing part', id, '1');
    assert.ok(part !== undefined);
    second.set(part, 'size', undefined);
    store.commit(second, { name: 'bert', origin: 'import rules.conf' }, 1_700_000_000_001);

    const { history } = store;
    assert.deepEqual(history.list(10), [
      {
        number: 2,
        time: 1_700_000_000_001,
        author: 'bert',
        origin: 'import rules.conf',
        comment: '',
        tables: new Map([
          ['thing', 1],
          ['thing part', 1],
        ]),
      },
      {
        number: 1,
        time: 1_700_000_000_000,
        author: 'anna',
        origin: 'console',
        comment: '',
        tables: new Map([
          ['thing', 1],
          ['thing part', 1],
        ]),
      },
    ]);
    const unmoved = { moved: 0 };
    const ofThing = { ...unmoved, row: id, path: 'thing', parent: null, after: 'a' };
    const ofPart = { ...unmoved, row: part, path: 'thing part', parent: id, after: '1' };
    assert.deepEqual(file.changes(1), [
      { ...ofThing, before: null, fields: { size: [null, 1], colour: [null, 'red'] } },
      { ...ofPart, before: null, fields: { size: [null, 5] } },
    ]);
    const rare = { target: idOf(store.stored, 'kind', 'rare') };
    assert.deepEqual(file.changes(2), [
      { ...ofThing, before: 'a', fields: { size: [1, 2], kind: [null, rare] } },
      { ...ofPart, before: '1', fields: { size: [5, null] } },
    ]);
  });

  test('holds lists in their order; those of references are told by the names of that time', (context) => {
    const { store, file } = open(context);
    const first = new Draft(store.stored);
    const [a, b, c] = ['a', 'b', 'c'].map((key) => first.create('thing', null, key));
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    first.set(a, 'sizes', [3, 1, 2]);
    first.set(a, 'things', [{ target: c }, { target: b }]);
    store.commit(first, author, 1);

    const rename = new Draft(store.stored);
    rename.rename(idOf(rename, 'thing', 'c'), 'd');
    store.commit(rename, author, 2);

    const last = new Draft(store.stored);
    const id = idOf(last, 'thing', 'a');
    last.set(id, 'sizes', []);
    last.set(id, 'things', [{ target: idOf(last, 'thing', 'b') }]);
    const told = store.commit(last, author, 3);

    const [changed] = told.changes;
    assert.deepEqual(changed?.fields, {
      sizes: [[3, 1, 2], []],
      things: [['d', 'b'], ['b']],
    });
    assert.deepEqual(store.stored.users(idOf(store.stored, 'thing', 'd')), []);
    const again = new Draft(store.stored);
    again.set(id, 'sizes', []);
    again.set(id, 'things', [{ target: idOf(again, 'thing', 'b') }]);
    assert.deepEqual(store.commit(again, author, 4).changes, []);
    assert.deepEqual(file.faults, []);
  });

  test('that changes nothing makes none', (context) => {
    const { store } = open(context);
    const make = new Draft(store.stored);
    make.set(make.create('thing', null, 'a'), 'size', 1);
    make.create('thing', null, 'z');
    store.commit(make, author, 1);
    const nothing = [
      (_: Draft) => {},
      (draft: Draft) => draft.open(idOf(draft, 'thing', 'a')),
      (draft: Draft) => draft.set(idOf(draft, 'thing', 'a'), 'size', 1),
      (draft: Draft) => draft.set(idOf(draft, 'thing', 'a'), 'colour', undefined),
      (draft: Draft) => draft.delete(draft.create('thing', null, 'b'), subTables),
      (draft: Draft) => {
        draft.rename(idOf(draft, 'thing', 'a'), 'b');
        draft.rename(idOf(draft, 'thing', 'b'), 'a');
      },
      (draft: Draft) => draft.move(idOf(draft, 'thing', 'a'), 'before', idOf(draft, 'thing', 'z')),
      (draft: Draft) => {
        draft.set(idOf(draft, 'thing', 'a'), 'size', 2);
        draft.set(idOf(draft, 'thing', 'a'), 'size', 1);
      },
    ];
    for (const change of nothing) {
      const draft = new Draft(store.stored);
      change(draft);
      assert.deepEqual(store.commit(draft, author, 2), { revision: 1, changes: [] }, String(change));
    }
  });

  test('lets names swap their places', (context) => {
    const { store, file } = open(context);
    const make = new Draft(store.stored);
    for (const key of ['a', 'b', 'c']) make.set(make.create('thing', null, key), 'was', key);
    make.set(make.create('thing', null, 'user'), 'thing', { target: idOf(make, 'thing', 'a') });
    store.commit(make, author, 1);
    const swap = new Draft(store.stored);
    const [a, b, c] = ['a', 'b', 'c'].map((key) => idOf(swap, 'thing', key));
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    swap.rename(a, 'for now');
    swap.rename(b, 'a');
    swap.rename(c, 'b');
    swap.rename(a, 'c');
    store.commit(swap, author, 2);
    const was = store.stored.rows('thing', null).map((row) => [row.key, row.fields.get('was')]);
    assert.deepEqual(was.slice(0, 3), [
      ['c', 'a'],
      ['a', 'b'],
      ['b', 'c'],
    ]);
    assert.equal(store.stored.users(idOf(store.stored, 'thing', 'c')).length, 1);
    assert.deepEqual(
      file.changes(2).map(({ before, after }) => [before, after]),
      [
        ['a', 'c'],
        ['b', 'a'],
        ['c', 'b'],
      ],
    );
    assert.deepEqual(file.faults, []);
  });

  test('finds room between two rows however often one is put there, and knows each order again', (context) => {
    const { store, file } = open(context);
    const make = new Draft(store.stored);
    for (const key of ['a', 'b', 'c']) make.create('thing', null, key);
    store.commit(make, author, 1);
    const orders = [['a', 'b', 'c']];
    for (let round = 0; round < 25; round += 1) {
      const draft = new Draft(store.stored);
      const [first = 0, second = 0, third = 0] = draft.rows('thing', null).map(({ id }) => id);
      draft.move(third, 'before', second);
      assert.ok(first !== third);
      store.commit(draft, author, 2);
      orders.push(keys(store.stored.rows('thing', null)));
    }
    for (const [index, order] of orders.entries()) {
      const { draft: view } = atOnce(store.present.to(index + 1));
      assert.deepEqual(keys(view.rows('thing', null)), order, `revision ${index + 1}`);
    }
    assert.deepEqual(file.faults, []);
  });

  test('lets a deleted name be used again, with nothing of the old row', (context) => {
    const { store, file } = open(context);
    const make = new Draft(store.stored);
    const old = make.create('thing', null, 'a');
    make.set(old, 'size', 1);
    make.create('thing part', old, '1');
    store.commit(make, author, 1);
    const draft = new Draft(store.stored);
    const before = idOf(draft, 'thing', 'a');
    draft.delete(before, subTables);
    draft.set(draft.create('thing', null, 'a'), 'colour', 'blue');
    store.commit(draft, author, 2);
    const id = idOf(store.stored, 'thing', 'a');
    assert.notEqual(id, before);
    assert.deepEqual([...(store.stored.row(id)?.fields ?? [])], [['colour', 'blue']]);
    assert.deepEqual(store.stored.rows('thing part', id), []);
    assert.deepEqual(
      file.changes(2).map(({ path, before, after }) => [path, before, after]),
      [
        ['thing', 'a', null],
        ['thing', null, 'a'],
        ['thing part', '1', null],
      ],
    );
    assert.deepEqual(file.faults, []);
  });

  test('that SQLite refuses writes nothing', (context) => {
    const { store, file } = open(context);
    file.execute(`CREATE TRIGGER full BEFORE INSERT ON change BEGIN SELECT RAISE(ABORT, 'no room'); END`);
    const draft = new Draft(store.stored);
    draft.create('thing', null, 'a');
    assert.throws(() => store.commit(draft, author, 1), { message: 'no room' });
    assert.deepEqual([store.stored.revision, store.stored.rows('thing', null)], [0, []]);
    file.execute('DROP TRIGGER full');
    assert.equal(store.commit(draft, author, 1).revision, 1);
  });

  test('that is not accepted is undone, and could be seen as written until then', (context) => {
    const { store, file } = open(context);
    const draft = new Draft(store.stored);
    const pending = draft.create('thing', null, 'a');
    const refused = store.commit(draft, author, 1, (rowOfDraft) => {
      assert.equal(store.stored.revision, 1);
      assert.equal(rowOfDraft(idOf(store.stored, 'thing', 'a')), pending);
      return false;
    });
    assert.deepEqual([refused, store.stored.revision, store.stored.rows('thing', null)], [undefined, 0, []]);
    assert.throws(
      () =>
        store.commit(draft, author, 1, () => {
          throw new Error('it can not be judged');
        }),
      { message: 'it can not be judged' },
    );
    assert.deepEqual([store.stored.revision, store.stored.rows('thing', null), file.faults], [0, [], []]);
    assert.equal(store.commit(draft, author, 1).revision, 1);
  });

  test('is seen in what was looked up one after another before it, as is that it was undone', (context) => {
    const { store } = open(context);
    const { stored } = store;
    const names = Array.from({ length: 100 }, (_, index) => `row ${index}`);
    const seen = (): unknown[] =>
      names.flatMap((name) => {
        const id = stored.find('thing', null, name);
        return id === undefined ? [] : [[name, stored.row(id)?.key, stored.row(id)?.fields.get('size')]];
      });
    const draft = new Draft(stored);
    for (const name of names.slice(1)) draft.set(draft.create('thing', null, name), 'size', 1);
    assert.deepEqual(seen(), []);
    store.commit(draft, author, 1);
    const before = seen();
    assert.deepEqual(
      before,
      names.slice(1).map((name) => [name, name, 1]),
    );
    const next = new Draft(stored);
    next.create('thing', null, 'row 0');
    next.set(idOf(stored, 'thing', 'row 1'), 'size', 2);
    next.delete(idOf(stored, 'thing', 'row 98'), subTables);
    next.rename(idOf(stored, 'thing', 'row 99'), 'row 98');
    const after = [
      ['row 0', 'row 0', undefined],
      ['row 1', 'row 1', 2],
      ...before.slice(1, -2),
      ['row 98', 'row 98', 1],
    ];
    store.commit(next, author, 2, () => {
      assert.deepEqual(seen(), after);
      return false;
    });
    assert.deepEqual(seen(), before);
    store.commit(next, author, 2);
    assert.deepEqual(seen(), after);
  });

  test('never gives the id of a deleted row to another', (context) => {
    const { store } = open(context);
    const ids = new Set<number>();
    for (let round = 0; round < 5; round++) {
      const draft = new Draft(store.stored);
      const known = draft.find('thing', null, 'a');
      if (known !== undefined) draft.delete(known, subTables);
      draft.create('thing', null, 'a');
      store.commit(draft, author, round);
      ids.add(idOf(store.stored, 'thing', 'a'));
    }
    assert.equal(ids.size, 5);
  });
});
