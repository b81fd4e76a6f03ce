import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administratorsObjection } from '../../src/access/administrators.ts';
import { fullPermissions, noPermissions, type Permissions } from '../../src/access/permissions.ts';

function administrator(row: number, name: string, permissions: Permissions) {
  return { row, name, permissions };
}

const admin = administrator(1, 'admin', fullPermissions);
const second = administrator(2, 'second', { ...noPermissions, admingrp: 'rw' });
const reader = administrator(3, 'reader', { ...fullPermissions, admingrp: 'r' });

test('the last one who manages administrators can be neither removed nor demoted', () => {
  const objection = administratorsObjection([admin, reader], [reader]);
  assert.deepEqual(objection?.last, [admin]);
  assert.match(objection?.reason ?? '', /rw on admingrp/);
  for (const grant of ['none', 'r', 'w'] as const) {
    const demoted = { ...admin, permissions: { ...fullPermissions, admingrp: grant } };
    assert.deepEqual(administratorsObjection([admin, reader], [demoted, reader])?.last, [admin]);
  }
  assert.deepEqual(administratorsObjection([admin, second], [])?.last, [admin, second]);
});

test('one of several can go, and anyone can be renamed or replaced', () => {
  assert.equal(administratorsObjection([admin, second], [second]), undefined);
  assert.equal(administratorsObjection([admin], [{ ...admin, name: 'root' }]), undefined);
  assert.equal(administratorsObjection([admin], [second]), undefined);
});

test('where nobody could before, nothing stands against a change', () => {
  assert.equal(administratorsObjection([], []), undefined);
  assert.equal(administratorsObjection([reader], []), undefined);
});
