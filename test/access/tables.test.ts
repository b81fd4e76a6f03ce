import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { areas, type Table } from '../../schemas/table.ts';
import { fullPermissions, readPermissions } from '../../src/access/permissions.ts';

const catalogue = await loadCatalogue();
const profiles = catalogue.get('system accprofile');
const administrators = catalogue.get('system admin');

/** Which area FortiWeb guards a table with. */
function areaOf({ path: [branch, name] }: Table): string | undefined {
  if (branch !== 'system') {
    return { waf: 'wafgrp', 'server-policy': 'traroutegrp', log: 'loggrp' }[branch ?? ''];
  }
  if (name !== undefined && ['admin', 'accprofile', 'api-token'].includes(name)) return 'admingrp';
  return name === 'interface' ? 'netgrp' : 'sysgrp';
}

test('every table is guarded by the area that FortiWeb guards it with', () => {
  const wrong = catalogue.tables.filter((table) => table.area !== areaOf(table));
  assert.deepEqual(
    wrong.map(({ id, area }) => `${id}: ${area}`),
    [],
  );
});

test('a profile has a field for every area, which grants nothing until it is set', () => {
  assert.deepEqual([...profiles.fields.keys()], [...areas]);
  for (const { meta } of profiles.fields.values()) {
    assert.equal(meta.default, 'none');
    assert.deepEqual(Object.keys(meta.choices ?? {}), ['none', 'r', 'w', 'rw']);
  }
});

test('prof_admin allows everything', () => {
  assert.deepEqual(readPermissions(profiles.predefined.get('prof_admin') ?? new Map()), fullPermissions);
});

test('a new configuration begins with rows that a user could have entered', () => {
  for (const table of catalogue.tables) {
    for (const [key, row] of table.initial) {
      assert.deepEqual(table.readKey(key), { key });
      for (const [name, value] of row) {
        const field = table.fields.get(name);
        assert.deepEqual(field?.read(String(value)), { value }, `${table.id} ${key} ${name}`);
        const { tables } = field?.meta ?? {};
        const named = tables?.some((id) => {
          const { initial, predefined } = catalogue.get(id);
          return initial.has(String(value)) || predefined.has(String(value));
        });
        assert.notEqual(named, false, `${table.id} ${key} ${name}: nothing has that name`);
      }
      const missing = [...table.fields.values()].filter(({ name, meta }) => meta.required && !row.has(name));
      assert.deepEqual(missing, []);
    }
  }
});

test('the first administrator may do everything and has no password', () => {
  assert.deepEqual(
    [...administrators.initial].map(([key, row]) => [key, [...row]]),
    [['admin', [['access-profile', 'prof_admin']]]],
  );
});

test('no administrator can be called as a program is, and one who is already stays', () => {
  for (const name of ['token:ci', 'Token:ci']) {
    assert.match(JSON.stringify(administrators.readKey(name)), /stands before the names of programs/);
    assert.ok(administrators.mayHave(name));
  }
  assert.deepEqual(administrators.readKey('tokens: ci'), { key: 'tokens: ci' });
});
