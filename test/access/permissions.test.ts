import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areas } from '../../schemas/table.ts';
import {
  allows,
  fullPermissions,
  mayRead,
  mayWrite,
  mayWriteAnything,
  noPermissions,
  readPermissions,
} from '../../src/access/permissions.ts';
import fc from '../property.ts';

const grants = fc.constantFrom('none', 'r', 'w', 'rw');
const profiles = fc.dictionary(fc.constantFrom(...areas), grants);

test('what is set in a profile is what it grants, and what is not set grants nothing', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const permissions = readPermissions(new Map(Object.entries(profile)));
      for (const area of areas) {
        const grant = profile[area] ?? 'none';
        assert.equal(mayRead(permissions, area), grant === 'r' || grant === 'rw');
        assert.equal(mayWrite(permissions, area), grant === 'w' || grant === 'rw');
        assert.equal(allows(permissions, { area, access: 'r' }), mayRead(permissions, area));
        assert.equal(allows(permissions, { area, access: 'w' }), mayWrite(permissions, area));
      }
      const writable = areas.some((area) => ['w', 'rw'].includes(profile[area] ?? ''));
      assert.equal(mayWriteAnything(permissions), writable);
    }),
  );
});

test('nothing but the four words grants anything', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer(), fc.constant({ target: 1 })), (value) => {
      fc.pre(!['r', 'w', 'rw'].includes(String(value)));
      const permissions = readPermissions(new Map(areas.map((area) => [area, value])));
      assert.deepEqual(permissions, noPermissions);
    }),
  );
});

test('full permissions allow everything, none nothing', () => {
  for (const area of areas) {
    assert.ok(mayRead(fullPermissions, area) && mayWrite(fullPermissions, area));
    assert.ok(!mayRead(noPermissions, area) && !mayWrite(noPermissions, area));
  }
  assert.ok(!mayWriteAnything(noPermissions));
});
