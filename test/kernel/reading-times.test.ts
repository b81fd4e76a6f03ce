import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadingTimes } from '../../src/kernel/reading-times.ts';

/** The table was read, which has taken so many milliseconds; `after`: when it is asked then. */
function read(took: number, after: number): ReadingTimes {
  let now = 0;
  const times = new ReadingTimes(() => now);
  now = took;
  times.was(0);
  now += after;
  return times;
}

const never = (): boolean => false;
const always = (): boolean => true;

test('a table that is read in no time is read every two seconds, and every thirty while it is calm', () => {
  assert.deepEqual(
    [1999, 2000].map((after) => read(10, after).isDue(false, never)),
    [false, true],
  );
  assert.deepEqual(
    [29_999, 30_000].map((after) => read(10, after).isDue(true, never)),
    [false, true],
  );
});

test('what takes long is done in a tenth of the time', () => {
  assert.deepEqual(
    [17_999, 18_000].map((after) => read(2000, after).isDue(false, always)),
    [false, true],
  );
  assert.equal(read(2000, 0).areQuick, false);
});

test('before an element ends it is read once more, where that takes little', () => {
  assert.deepEqual(
    [199, 200].map((after) => read(10, after).isDue(false, always)),
    [false, true],
  );
  assert.deepEqual(
    [899, 900].map((after) => read(100, after).isDue(false, always)),
    [false, true],
  );
});

test('what others have done is looked at soon', () => {
  assert.deepEqual(
    [499, 500].map((after) => read(10, after).isDueForOthers()),
    [false, true],
  );
  assert.deepEqual(
    [7999, 8000].map((after) => read(2000, after).isDueForOthers()),
    [false, true],
  );
});
