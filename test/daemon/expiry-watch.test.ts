import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpiryWatch } from '../../src/daemon/expiry-watch.ts';

test('what expires is told once, by the clock of the machine, also where that is set', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let clock = 1_000_000;
  let told = 0;
  const watch = new ExpiryWatch(
    () => {
      told += 1;
    },
    () => clock,
  );
  const later = (milliseconds: number): number => {
    clock += milliseconds;
    context.mock.timers.tick(milliseconds);
    return told;
  };
  watch.watch(clock + 90_000);
  assert.equal(later(60_000), 0);
  assert.equal(later(29_999), 0);
  assert.equal(later(1), 1);
  assert.equal(later(3_600_000), 1);
  watch.watch(clock + 3_600_000);
  clock += 3_600_000;
  assert.equal(later(60_000), 2, 'the clock was set forward');
  watch.watch(clock - 1);
  assert.equal(later(0), 3);
  watch.watch(clock + 1000);
  watch.watch(null);
  assert.equal(later(2000), 3);
  watch.watch(clock + 1000);
  watch.stop();
  assert.equal(later(2000), 3);
});
