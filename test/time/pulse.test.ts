import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Pulse } from '../../src/time/pulse.ts';

/** The clock of this thread, from `time` on, until the test is over; and how often it was woken. */
function stoppedClock(context: TestContext, time: number) {
  let now = time;
  let wakes = 0;
  const { timers } = context.mock;
  timers.enable({ apis: ['setTimeout'] });
  context.mock.method(performance, 'now', () => now);
  const timeout = globalThis.setTimeout;
  context.mock.method(globalThis, 'setTimeout', (call: () => void, delay: number) =>
    timeout(() => {
      wakes += 1;
      call();
    }, delay),
  );
  return {
    get now() {
      return now;
    },
    get wakes() {
      return wakes;
    },
    /** Whoever is called says how long that takes. */
    takes(milliseconds: number): void {
      now += milliseconds;
    },
    /** So many milliseconds pass, in which the thread is free. */
    pass(milliseconds: number): void {
      for (let passed = 0; passed < milliseconds; passed++) {
        now += 1;
        timers.tick(1);
      }
    },
    /** The same, in which it has something else to do. */
    skip(milliseconds: number): void {
      now += milliseconds;
      timers.tick(milliseconds);
    },
  };
}

test('all are called at multiples of their intervals, and share what wakes the thread', (context) => {
  const clock = stoppedClock(context, 12_345.6);
  const calls: [name: string, at: number][] = [];
  const pulses = [500, 1000, 1000].map(
    (interval, index) =>
      new Pulse(interval, () => calls.push([`${interval} ${index}`, Math.round(clock.now)])),
  );
  clock.pass(2000);
  for (const pulse of pulses) pulse.stop();
  clock.pass(2000);
  assert.deepEqual(calls, [
    ['500 0', 12_501],
    ['500 0', 13_001],
    ['1000 1', 13_001],
    ['1000 2', 13_001],
    ['500 0', 13_501],
    ['500 0', 14_001],
    ['1000 1', 14_001],
    ['1000 2', 14_001],
  ]);
  assert.equal(clock.wakes, 4);
});

test('one that is late is called once, at once, and then in time again', (context) => {
  const clock = stoppedClock(context, 0);
  const calls: number[] = [];
  const pulse = new Pulse(1000, () => calls.push(clock.now));
  clock.pass(1000);
  clock.skip(3700);
  assert.deepEqual(calls, [1000, 4700]);
  clock.pass(300);
  assert.deepEqual(calls, [1000, 4700, 5000]);
  pulse.stop();
});

test('one that takes long is not called again before its next time', (context) => {
  const clock = stoppedClock(context, 0);
  const calls: number[] = [];
  const pulses = [
    new Pulse(100, () => {
      calls.push(clock.now);
      clock.takes(250);
    }),
    new Pulse(100, () => calls.push(-clock.now)),
  ];
  clock.pass(100);
  assert.deepEqual(calls, [100, -350]);
  clock.pass(50);
  assert.deepEqual(calls.slice(2), [400, -650]);
  for (const pulse of pulses) pulse.stop();
});

test('whoever is called may begin others, and end others and itself', (context) => {
  const clock = stoppedClock(context, 0);
  const calls: string[] = [];
  const begun: Pulse[] = [];
  const first = new Pulse(100, () => {
    calls.push('first');
    first.stop();
    second.stop();
    begun.push(new Pulse(50, () => calls.push(`begun at ${clock.now}`)));
  });
  const second = new Pulse(100, () => calls.push('second'));
  clock.pass(200);
  for (const pulse of begun) pulse.stop();
  clock.pass(200);
  assert.deepEqual(calls, ['first', 'begun at 150', 'begun at 200']);
});

test('one that throws keeps no other from being called', (context) => {
  const clock = stoppedClock(context, 0);
  const calls: number[] = [];
  const pulses = [
    new Pulse(100, () => {
      throw new Error('it is broken');
    }),
    new Pulse(100, () => calls.push(clock.now)),
  ];
  assert.throws(() => clock.pass(100), /it is broken/);
  clock.pass(1);
  assert.deepEqual(calls, [101]);
  for (const pulse of pulses) pulse.stop();
});
