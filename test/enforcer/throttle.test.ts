import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../src/enforcer/engine/engine.ts';
import { Throttle } from '../../src/enforcer/worker/throttle.ts';

test('what is throttled runs at once, and then once for all that follows', () => {
  const timers: { readonly at: number; readonly run: () => void }[] = [];
  let time = 1000;
  const clock: Pick<Engine, 'now' | 'after'> = {
    now: () => time,
    after: (milliseconds, run) => {
      timers.push({ at: time + milliseconds, run });
      return { stop: () => {} };
    },
  };
  let asked = 0;
  const runs: (readonly [number, number])[] = [];
  const throttle = new Throttle(clock, 100, () => runs.push([time, asked]));
  const ask = (): void => {
    asked++;
    throttle.ask();
  };
  ask();
  time = 1010;
  ask();
  time = 1020;
  ask();
  assert.deepEqual(runs, [[1000, 1]]);
  assert.deepEqual(
    timers.map(({ at }) => at),
    [1100],
  );
  time = 1100;
  timers[0]?.run();
  time = 1300;
  ask();
  assert.deepEqual(runs, [
    [1000, 1],
    [1100, 3],
    [1300, 4],
  ]);
});
