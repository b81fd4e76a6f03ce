import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isNews, Lockout, type Peer } from '../../src/access/lockout.ts';
import fc from '../property.ts';

const rules = { threshold: 3, duration: 100 };
const here: Peer = { id: 'login 1000', isLocal: true };
const there: Peer = { id: '192.0.2.7', isLocal: false };

/** How each of so many wrong tries in a row fares: what it waits, or `shut`. */
function wrong(lockout: Lockout, peer: Peer, name: string, tries: number, now = 0): unknown[] {
  return Array.from({ length: tries }, () => {
    const { isShut, pause } = lockout.begin(peer, name, now, rules);
    return isShut ? 'shut' : pause;
  });
}

suite('who tries on this machine', () => {
  test('waits from the threshold on, longer each time, and is never shut out', () => {
    const waits = wrong(new Lockout(), here, 'alice', 9);
    assert.deepEqual(waits, [0, 0, 0, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  test('waits no more once nothing was wrong for the duration', () => {
    const lockout = new Lockout();
    wrong(lockout, here, 'alice', 5);
    assert.deepEqual(wrong(lockout, here, 'alice', 1, 99), [4000]);
    assert.deepEqual(wrong(lockout, here, 'alice', 1, 199), [0]);
  });

  test('is told what the next try costs', () => {
    const lockout = new Lockout();
    const costs = [1, 2, 3, 4].map(() => lockout.begin(here, 'alice', 0, rules).nextPause);
    assert.deepEqual(costs, [0, 0, 1000, 2000]);
  });
});

suite('who tries from elsewhere', () => {
  test('is shut out by as many failures, until a moment that further tries do not move', () => {
    const lockout = new Lockout();
    assert.deepEqual(wrong(lockout, there, 'alice', 2), [0, 0]);
    assert.equal(lockout.begin(there, 'alice', 10, rules).shutUntil, 110);
    assert.deepEqual(wrong(lockout, there, 'alice', 2, 109), ['shut', 'shut']);
    assert.equal(lockout.begin(there, 'alice', 109, rules).shutUntil, 110);
    assert.deepEqual(wrong(lockout, there, 'alice', 4, 110), [0, 0, 0, 'shut']);
  });

  test('can begin anew after a success', () => {
    const lockout = new Lockout();
    wrong(lockout, there, 'alice', 2);
    lockout.succeed(there, 'alice');
    assert.equal(lockout.size, 0);
    assert.deepEqual(wrong(lockout, there, 'alice', 3), [0, 0, 0]);
  });

  test('meets a changed threshold at once', () => {
    const lockout = new Lockout();
    wrong(lockout, there, 'alice', 2);
    assert.ok(lockout.begin(there, 'alice', 0, { ...rules, threshold: 2 }).isShut);
    assert.ok(!lockout.begin(there, 'alice', 0, { ...rules, threshold: 10 }).isShut);
  });
});

test('peers do not touch each other, nor do names', () => {
  const lockout = new Lockout();
  wrong(lockout, there, 'alice', 9);
  wrong(lockout, here, 'alice', 9);
  assert.deepEqual(wrong(lockout, there, 'bob', 1), [0]);
  assert.deepEqual(wrong(lockout, { ...there, id: '192.0.2.8' }, 'alice', 1), [0]);
  assert.deepEqual(wrong(lockout, { ...here, id: 'login 1001' }, 'alice', 1), [0]);
});

suite('whatever is made up', () => {
  test('names take bounded memory, and give no free tries', () => {
    const lockout = new Lockout();
    for (let index = 0; index < 20_000; index++) lockout.begin(there, `name ${index}`, 0, rules);
    lockout.begin(there, 'x'.repeat(1_000_000), 0, rules);
    assert.equal(lockout.size, 33);
    assert.deepEqual(wrong(lockout, there, 'alice', 1), ['shut']);
  });

  test('addresses take bounded memory', () => {
    const lockout = new Lockout();
    for (let index = 0; index < 5000; index++) lockout.begin({ ...there, id: `${index}` }, 'alice', 0, rules);
    assert.equal(lockout.size, 1024);
  });

  test('a right password at one name forgets nothing of the others', () => {
    const lockout = new Lockout();
    for (let index = 0; index < 40; index++) {
      lockout.begin(there, `name ${index}`, 0, rules);
      lockout.begin(there, 'own', 0, rules);
      lockout.succeed(there, 'own');
    }
    assert.deepEqual(wrong(lockout, there, 'alice', 1), ['shut']);
    assert.deepEqual(wrong(lockout, there, 'name 1', 3), [0, 0, 'shut']);
  });

  test('right passwords are no failures, also of who comes after many names', () => {
    const lockout = new Lockout();
    for (let index = 0; index < 32; index++) lockout.begin(there, `name ${index}`, 0, rules);
    const shut = Array.from({ length: 10 }, () => {
      const { isShut } = lockout.begin(there, 'own', 0, rules);
      lockout.succeed(there, 'own');
      return isShut;
    });
    assert.deepEqual(shut, Array(10).fill(false));
    assert.equal(lockout.size, 32);
    assert.deepEqual(wrong(lockout, there, 'own', 4), [0, 0, 0, 'shut'], 'wrong ones are');
  });

  test('what is over takes no memory once somebody else fails', () => {
    const lockout = new Lockout();
    for (let index = 0; index < 500; index++) lockout.begin({ ...there, id: `${index}` }, 'alice', 0, rules);
    lockout.begin(here, 'alice', 100, rules);
    assert.equal(lockout.size, 1);
  });
});

test('of a million failures some twenty are told of', () => {
  const told = Array.from({ length: 1_000_000 }, (_, index) => index + 1).filter((failures) =>
    isNews(failures, rules),
  );
  assert.deepEqual(told.slice(0, 6), [1, 2, 3, 6, 12, 24]);
  assert.ok(told.length < 25);
});

test('it does what a list of all failures would say', () => {
  const step = fc.record({
    name: fc.constantFrom('alice', 'bob'),
    peer: fc.constantFrom(here, there),
    after: fc.nat(60),
    right: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lockout = new Lockout();
      const known = new Map<string, { times: number[]; shutUntil: number }>();
      let now = 0;
      for (const { name, peer, after, right } of steps) {
        now += after;
        const past = known.get(`${peer.id} ${name}`) ?? { times: [], shutUntil: 0 };
        known.set(`${peer.id} ${name}`, past);
        const isOver =
          past.shutUntil > 0 ? now >= past.shutUntil : now - (past.times.at(-1) ?? now) >= rules.duration;
        if (isOver) {
          past.times = [];
          past.shutUntil = 0;
        }
        const trial = lockout.begin(peer, name, now, rules);
        assert.equal(trial.isShut, past.shutUntil > 0);
        assert.equal(trial.failures, past.times.length + 1);
        assert.equal(trial.pause > 0, peer.isLocal && past.times.length >= rules.threshold);
        past.times.push(now);
        if (!peer.isLocal && past.times.length === rules.threshold) past.shutUntil = now + rules.duration;
        if (right && !trial.isShut) {
          lockout.succeed(peer, name);
          known.delete(`${peer.id} ${name}`);
        }
      }
    }),
  );
});
