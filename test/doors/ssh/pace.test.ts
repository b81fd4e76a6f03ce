import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../src/doors/ssh/pace.ts';

test('a source begins some at once, then one after the other; another one does not wait for it', () => {
  let now = 5000;
  const pace = new Pace({ perSecond: 10, atOnce: 3 }, 2, () => now);
  const waits = (count: number, source = 'a'): number[] =>
    Array.from({ length: count }, () => pace.wait(source));
  assert.deepEqual(waits(4), [0, 0, 0, 100]);
  assert.deepEqual(waits(3), [200, 200, 200], 'those before them have gone, or are waiting');
  assert.deepEqual(waits(1, 'b'), [0]);
  now += 100;
  assert.deepEqual(waits(1), [200]);
  now += 600;
  assert.deepEqual(waits(4), [0, 0, 0, 100]);
});

test('sources without number are no more than it can keep in mind', () => {
  const pace = new Pace({ perSecond: 10, atOnce: 1 }, 2, () => 0);
  pace.wait('a');
  for (let at = 0; at < 5000; at++) assert.equal(pace.wait(`source ${at}`), 0);
  assert.equal(pace.wait('a'), 0, 'forgotten');
  assert.equal(pace.wait('a'), 100);
});
