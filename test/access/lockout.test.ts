import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { afterFailure, Lockout, standingAt } from '../../src/access/lockout.ts';

const rules = { threshold: 3, duration: 100 };

test('failures count up to a lock, which ends at its time and not later for further ones', () => {
  const once = afterFailure(undefined, 0, rules);
  assert.deepEqual(once, { kind: 'counting', failures: 1, forgottenAt: 100 });
  const twice = afterFailure(once, 99, rules);
  assert.deepEqual(twice, { kind: 'counting', failures: 2, forgottenAt: 199 });
  const locked = afterFailure(twice, 150, rules);
  assert.deepEqual(locked, { kind: 'locked', until: 250 });
  assert.deepEqual(afterFailure(locked, 249, rules), locked);
  assert.deepEqual(standingAt(locked, 249), locked);
  assert.equal(standingAt(locked, 250), undefined);
  assert.deepEqual(afterFailure(locked, 250, rules), { kind: 'counting', failures: 1, forgottenAt: 350 });
});

test('a failure is forgotten after the duration', () => {
  const once = afterFailure(undefined, 0, rules);
  assert.deepEqual(afterFailure(once, 100, rules), { kind: 'counting', failures: 1, forgottenAt: 200 });
});

test('a threshold of one locks at the first failure', () => {
  assert.deepEqual(afterFailure(undefined, 5, { ...rules, threshold: 1 }), { kind: 'locked', until: 105 });
});

test('a lowered threshold is in force at the next failure', () => {
  const twice = afterFailure(afterFailure(undefined, 0, { ...rules, threshold: 10 }), 0, {
    ...rules,
    threshold: 10,
  });
  assert.equal(afterFailure(twice, 1, { ...rules, threshold: 2 }).kind, 'locked');
});

test('a success clears, a lock holds, and names do not touch each other', () => {
  const lockout = new Lockout();
  assert.equal(lockout.begin('alice', true, 0, rules), undefined);
  assert.equal(lockout.begin('alice', true, 0, rules), undefined);
  lockout.succeed('alice');
  assert.equal(lockout.begin('alice', true, 0, rules), undefined);
  assert.equal(lockout.begin('alice', true, 0, rules), undefined);
  assert.equal(lockout.begin('alice', true, 0, rules), undefined);
  assert.equal(lockout.begin('alice', true, 50, rules), 100);
  assert.equal(lockout.lockedUntil('alice', true, 50), 100);
  assert.equal(lockout.begin('bob', true, 50, rules), undefined);
  assert.equal(lockout.begin('alice', true, 100, rules), undefined);
});

test('names that nobody has are locked likewise', () => {
  const lockout = new Lockout();
  for (let time = 0; time < 3; time++) assert.equal(lockout.begin('eve', false, time, rules), undefined);
  assert.equal(lockout.begin('eve', false, 3, rules), 102);
});

test('any number of made-up names takes bounded memory and clears no real one', () => {
  const lockout = new Lockout();
  lockout.begin('alice', true, 0, rules);
  lockout.begin('alice', true, 0, rules);
  for (let index = 0; index < 20_000; index++) lockout.begin(`name ${index}`, false, 0, rules);
  assert.equal(lockout.size, 1025);
  lockout.begin('alice', true, 0, rules);
  assert.equal(lockout.lockedUntil('alice', true, 0), 100);
});

test('a made-up name that failed lately is kept longer than one that failed long ago', () => {
  const lockout = new Lockout();
  lockout.begin('eve', false, 0, rules);
  for (let index = 0; index < 1000; index++) lockout.begin(`name ${index}`, false, 0, rules);
  lockout.begin('eve', false, 0, rules);
  for (let index = 0; index < 1000; index++) lockout.begin(`other ${index}`, false, 0, rules);
  lockout.begin('eve', false, 0, rules);
  assert.equal(lockout.lockedUntil('eve', false, 0), 100);
});

test('no account is forgotten for the sake of others', () => {
  const lockout = new Lockout();
  for (let times = 0; times < 3; times++) lockout.begin('alice', true, 0, rules);
  for (let index = 0; index < 3000; index++) lockout.begin(`name ${index}`, true, 0, rules);
  assert.equal(lockout.lockedUntil('alice', true, 0), 100);
});

test('what is over takes no memory once someone else fails', () => {
  const lockout = new Lockout();
  for (let index = 0; index < 500; index++) lockout.begin(`name ${index}`, true, index, rules);
  lockout.begin('alice', true, 10_000, rules);
  assert.equal(lockout.size, 1);
});

test('it does what a list of all failures would say', () => {
  const step = fc.record({
    name: fc.constantFrom('alice', 'bob', 'eve'),
    after: fc.nat(60),
    right: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lockout = new Lockout();
      const failures = new Map<string, number[]>();
      const locks = new Map<string, number>();
      let now = 0;
      for (const { name, after, right } of steps) {
        now += after;
        const until = lockout.begin(name, name !== 'eve', now, rules);
        const lock = locks.get(name) ?? 0;
        assert.equal(until, lock > now ? lock : undefined);
        if (until !== undefined) continue;
        if (right && name !== 'eve') {
          lockout.succeed(name);
          failures.delete(name);
          continue;
        }
        const recent = failures.get(name) ?? [];
        if (now - (recent.at(-1) ?? now) >= rules.duration) recent.length = 0;
        recent.push(now);
        failures.set(name, recent);
        if (recent.length === rules.threshold) {
          locks.set(name, now + rules.duration);
          failures.delete(name);
        }
      }
    }),
  );
});
