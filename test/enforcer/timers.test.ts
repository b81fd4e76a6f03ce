import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timers } from '../../src/enforcer/engine/epoll/timers.ts';

/** Timers on a clock that a test moves, and the moments at which a thread that sleeps until the next one is woken. */
function setUp(time: number) {
  let now = time;
  const timers = new Timers(() => now);
  return {
    timers,
    pass(milliseconds: number): readonly number[] {
      const wakes: number[] = [];
      const end = now + milliseconds;
      for (; timers.next <= end; timers.run(now)) {
        now = timers.next;
        wakes.push(now);
      }
      now = end;
      return wakes;
    },
    /** The thread was busy until then. */
    runAt(moment: number): void {
      now = moment;
      timers.run(now);
    },
  };
}

test('what recurs is due at multiples of its interval: one wake-up is for all of them', () => {
  const { timers, runAt, pass } = setUp(12_345);
  const calls: string[] = [];
  timers.every(1000, () => calls.push('a'));
  runAt(12_700);
  timers.every(1000, () => calls.push('b'));
  timers.every(500, () => calls.push('c'));
  assert.deepEqual(pass(2000), [13_000, 13_500, 14_000, 14_500]);
  assert.equal(calls.toSorted().join(''), 'aabbcccc');
});

test('one that is late is called once, and then in time again', () => {
  const { timers, runAt, pass } = setUp(0);
  let calls = 0;
  timers.every(1000, () => calls++);
  runAt(4700);
  assert.equal(calls, 1);
  assert.deepEqual(pass(1500), [5000, 6000]);
  assert.equal(calls, 3);
});

test('one without an interval runs each millisecond, and stops when it is told to', () => {
  const { timers, pass } = setUp(0);
  let calls = 0;
  const timer = timers.every(0, () => {
    calls += 1;
    if (calls === 3) timer.stop();
  });
  assert.deepEqual(pass(10), [1, 2, 3, 4]);
  assert.deepEqual([calls, timers.next], [3, Number.POSITIVE_INFINITY]);
});

test('one that is due once is called after its time, not at a multiple of it', () => {
  const { timers, pass } = setUp(12_345);
  let calls = 0;
  timers.after(1000, () => calls++);
  assert.deepEqual([pass(3000), calls], [[13_345], 1]);
});
