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
  keys: [],
  trustedHosts: [],
  secondFactor: undefined,
  profile: 'prof_admin',
  permissions: fullPermissions,
};
const admin: Account = { ...alice, name: 'admin', password: undefined };

type Try = {
  account?: Account;
  name?: string;
  password?: string;
  fromOwner?: boolean;
  key?: string;
  code?: string;
  address?: string;
};

/** Tries of one peer, at a clock that stands until somebody waits. */
class Desk {
  readonly lockout = new Lockout();
  readonly waited: number[] = [];
  time = 0;

  try({ account, name, password = 'wrong', fromOwner = false, key, code, address }: Try) {
    const peer = { id: 'somebody', isLocal: fromOwner };
    const attempt = {
      name: name ?? account?.name ?? 'eve',
      password,
      key: key ?? null,
      code: code ?? null,
      address: address ?? null,
      fromOwner,
      peer,
    };
    const wait = async (milliseconds: number): Promise<void> => {
      this.waited.push(milliseconds);
    };
    const desk = {
      lockout: this.lockout,
      now: () => this.time,
      wait,
      isCode: (secret: string, given: string) => given === `code of ${secret}`,
    };
    return authenticate(() => account, attempt, desk, rules);
  }
}

test('the right password is accepted, and a change asked for where it must be', async () => {
  const desk = new Desk();
  const right = { password: 'correct horse' };
  assert.deepEqual(await desk.try({ account: alice, ...right }), { result: 'accepted', account: alice });
  const account = { ...alice, mustChange: true };
  assert.deepEqual(await desk.try({ account, ...right }), { result: 'must-change', account });
  assert.equal(desk.lockout.size, 0);
});

test('a wrong password, a wrong name and no password look the same, here and from elsewhere', async () => {
  for (const fromOwner of [false, true]) {
    const results = await Promise.all(
      [alice, fromOwner ? undefined : admin, undefined].map(async (account) => {
        const desk = new Desk();
        const seen: unknown[] = [];
        for (desk.time of [0, 10, 20, 30, 120]) {
          seen.push(await desk.try({ fromOwner, ...(account && { account }) }));
        }
        return [...seen, ...desk.waited];
      }),
    );
    const [wrongPassword, noPassword, wrongName] = results;
    assert.deepEqual(noPassword, wrongPassword);
    assert.deepEqual(wrongName, wrongPassword);
  }
});

test('from elsewhere not even the right password helps while it is shut; afterwards it does, and clears', async () => {
  const desk = new Desk();
  for (let times = 0; times < 3; times++) await desk.try({ account: alice });
  const right = { account: alice, password: 'correct horse' };
  desk.time = 99;
  assert.equal((await desk.try(right)).result, 'refused');
  desk.time = 100;
  assert.equal((await desk.try(right)).result, 'accepted');
  assert.equal(desk.lockout.size, 0);
});

test('on this machine the right password always helps, after a wait', async () => {
  const desk = new Desk();
  for (let times = 0; times < 5; times++) await desk.try({ account: alice, fromOwner: true });
  const right = { account: alice, password: 'correct horse', fromOwner: true };
  assert.equal((await desk.try(right)).result, 'accepted');
  assert.deepEqual(desk.waited, [1000, 2000, 4000]);
  assert.equal((await desk.try(right)).result, 'accepted');
  assert.equal(desk.waited.length, 3);
});

test('tries at the same time are no more than tries one after the other', async () => {
  const desk = new Desk();
  const guesses = ['a', 'b', 'c', 'correct horse', 'd'];
  const results = await Promise.all(guesses.map((password) => desk.try({ account: alice, password })));
  assert.ok(results.every(({ result }) => result !== 'accepted'));
});

test('right passwords at the same time are no failures', async () => {
  const desk = new Desk();
  const password = 'correct horse';
  const tries = Array.from({ length: 2 * rules.threshold }, () => desk.try({ account: alice, password }));
  for (const { result } of await Promise.all(tries)) assert.equal(result, 'accepted');
  assert.equal(desk.lockout.size, 0);
});

test('a password that is longer than any is wrong', async () => {
  assert.equal(
    (await new Desk().try({ account: alice, password: 'é'.repeat(10_000_000) })).result,
    'refused',
  );
});

test('an account without a password is for the owner of the state directory alone', async () => {
  const desk = new Desk();
  const owners = { account: admin, password: '', fromOwner: true };
  assert.deepEqual(await desk.try(owners), { result: 'no-password', account: admin });
  assert.equal((await desk.try({ account: admin, password: '' })).result, 'refused');
  assert.equal((await desk.try({ account: alice, password: '', fromOwner: true })).result, 'refused');
  const account = { ...admin, mustChange: true };
  assert.deepEqual(await desk.try({ ...owners, account }), { result: 'must-change', account });
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
    keys: [],
    trustedHosts: ['0.0.0.0/0', '::/0'],
    secondFactor: undefined,
    profile: 'auditors',
    permissions: { ...noPermissions, wafgrp: 'r' },
  });
  fields.set('password', alice.password).set('force-password-change', 'enable');
  const account = readAccount({ key: 'bob', fields }, undefined);
  assert.equal(account.password, alice.password);
  assert.ok(account.mustChange);
  assert.deepEqual(account.permissions, noPermissions);
});

const key = 'ssh-ed25519 AAAA';
const withKey: Account = { ...alice, keys: [key] };
const right = { password: 'correct horse' };

test('a key lets in who has it, and nobody else', async () => {
  const desk = new Desk();
  assert.equal((await desk.try({ account: withKey, key })).result, 'accepted');
  assert.equal((await desk.try({ account: withKey, key: 'ssh-ed25519 BBBB' })).result, 'refused');
  assert.equal((await desk.try({ account: { ...withKey, password: undefined }, key })).result, 'accepted');
  assert.equal((await desk.try({ account: alice, key })).result, 'refused');
});

test('wrong passwords of others at an address do not keep a key out, and a key forgives none of them', async () => {
  const desk = new Desk();
  for (let times = 0; times < 3; times++) await desk.try({ account: withKey });
  assert.equal((await desk.try({ account: withKey, key })).result, 'accepted');
  assert.equal((await desk.try({ account: withKey, ...right })).result, 'refused');
});

test('a host that is not trusted is refused like a wrong password', async () => {
  const account: Account = { ...withKey, trustedHosts: ['192.0.2.0/24', '::/0'] };
  const [untrusted, wrong] = [new Desk(), new Desk()];
  assert.deepEqual(
    await untrusted.try({ account, ...right, address: '198.51.100.1' }),
    await wrong.try({ account, address: '192.0.2.1' }),
  );
  assert.equal((await untrusted.try({ account, key, address: '198.51.100.1' })).result, 'refused');
  assert.equal((await wrong.try({ account, ...right, address: '192.0.2.1' })).result, 'accepted');
});

test('a second factor is asked after a password and after a key, and counts as a try when it is wrong', async () => {
  const account: Account = { ...withKey, secondFactor: 'phone' };
  const desk = new Desk();
  const code = 'code of phone';
  assert.deepEqual(await desk.try({ account, ...right }), { result: 'code' });
  assert.deepEqual(await desk.try({ account, key }), { result: 'code' });
  assert.equal(desk.lockout.size, 0, 'these were no failures');
  assert.equal((await desk.try({ account, code })).result, 'refused', 'the password comes first');
  assert.equal((await desk.try({ account, key, code: '000000' })).result, 'refused');
  // That a password is right is no licence to guess: it forgives nothing.
  assert.deepEqual(await desk.try({ account, ...right }), { result: 'code' });
  assert.equal((await desk.try({ account, ...right, code: '000000' })).result, 'refused');
  assert.equal((await desk.try({ account, ...right, code })).result, 'refused', 'shut out');
  desk.time = 200;
  assert.equal((await desk.try({ account, ...right, code })).result, 'accepted');
  assert.equal((await desk.try({ account, key, code })).result, 'accepted');
});
