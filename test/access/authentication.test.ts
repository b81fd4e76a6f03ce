import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, readAccount } from '../../src/access/account.ts';
import { authenticate, entersUnasked } from '../../src/access/authentication.ts';
import { Lockout } from '../../src/access/lockout.ts';
import { hashPasswordSync } from '../../src/access/password.ts';
import { fullPermissions, noPermissions } from '../../src/access/permissions.ts';

const rules = { threshold: 3, duration: 100 };

const alice: Account = {
  name: 'alice',
  password: hashPasswordSync('correct horse', { cost: 10, lanes: 1 }),
  mustChange: false,
  profile: 'prof_admin',
  permissions: fullPermissions,
};
const admin: Account = { ...alice, name: 'admin', password: undefined };

type Try = { account?: Account; name?: string; password?: string; fromOwner?: boolean; now?: number };

function tryAt(lockout: Lockout, { account, name, password = 'wrong', fromOwner = false, now = 0 }: Try) {
  const attempt = { name: name ?? account?.name ?? 'eve', password, fromOwner, now };
  return authenticate(account, attempt, lockout, rules);
}

test('the right password is accepted, and a change asked for where it must be', async () => {
  const lockout = new Lockout();
  const right = { password: 'correct horse' };
  assert.deepEqual(await tryAt(lockout, { account: alice, ...right }), {
    result: 'accepted',
    account: alice,
  });
  const account = { ...alice, mustChange: true };
  assert.deepEqual(await tryAt(lockout, { account, ...right }), { result: 'must-change', account });
  assert.equal(lockout.size, 0);
});

test('a wrong password, a wrong name and no password look the same, up to the lock and after it', async () => {
  const results = await Promise.all(
    [alice, admin, undefined].map(async (account) => {
      const lockout = new Lockout();
      const seen: unknown[] = [];
      for (const now of [0, 10, 20, 30, 120]) {
        seen.push(await tryAt(lockout, { ...(account && { account }), now }));
      }
      return seen;
    }),
  );
  const [wrongPassword, noPassword, wrongName] = results;
  assert.deepEqual(wrongPassword, [
    { result: 'refused' },
    { result: 'refused' },
    { result: 'locked', until: 120 },
    { result: 'locked', until: 120 },
    { result: 'refused' },
  ]);
  assert.deepEqual(noPassword, wrongPassword);
  assert.deepEqual(wrongName, wrongPassword);
});

test('while it is locked not even the right password helps; afterwards it does, and clears', async () => {
  const lockout = new Lockout();
  for (let times = 0; times < 3; times++) await tryAt(lockout, { account: alice });
  const right = { account: alice, password: 'correct horse' };
  assert.deepEqual(await tryAt(lockout, { ...right, now: 99 }), { result: 'locked', until: 100 });
  assert.equal((await tryAt(lockout, { ...right, now: 100 })).result, 'accepted');
  assert.equal(lockout.size, 0);
});

test('tries at the same time are no more than tries one after the other', async () => {
  const lockout = new Lockout();
  const guesses = ['a', 'b', 'c', 'correct horse', 'd'];
  const results = await Promise.all(guesses.map((password) => tryAt(lockout, { account: alice, password })));
  assert.ok(results.every(({ result }) => result !== 'accepted'));
});

test('an account without a password is for the owner of the state directory alone', async () => {
  const lockout = new Lockout();
  assert.deepEqual(await tryAt(lockout, { account: admin, password: '', fromOwner: true }), {
    result: 'no-password',
    account: admin,
  });
  assert.deepEqual(await tryAt(lockout, { account: admin, password: '' }), { result: 'refused' });
  assert.deepEqual(await tryAt(lockout, { account: alice, password: '', fromOwner: true }), {
    result: 'refused',
  });
});

test('only the owner is not asked, only for admin, only while it has no password', () => {
  assert.ok(entersUnasked(admin, true));
  assert.ok(!entersUnasked(admin, false));
  assert.ok(!entersUnasked({ ...admin, name: 'root' }, true));
  assert.ok(!entersUnasked({ ...admin, password: 'x' }, true));
  assert.ok(!entersUnasked(undefined, true));
});

test('an account is read from its row and the row of its profile', () => {
  const fields = new Map<string, unknown>([['access-profile', { target: 7 }]]);
  const profile = { key: 'auditors', fields: new Map([['wafgrp', 'r']]) };
  assert.deepEqual(readAccount({ key: 'bob', fields }, profile), {
    name: 'bob',
    password: undefined,
    mustChange: false,
    profile: 'auditors',
    permissions: { ...noPermissions, wafgrp: 'r' },
  });
  fields.set('password', alice.password).set('force-password-change', 'enable');
  const account = readAccount({ key: 'bob', fields }, undefined);
  assert.equal(account.password, alice.password);
  assert.ok(account.mustChange);
  assert.deepEqual(account.permissions, noPermissions);
});
