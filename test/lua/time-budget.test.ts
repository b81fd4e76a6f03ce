import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimeBudget } from '../../src/lua/host/time-budget.ts';

test('a call that had to wait for a processor is not over its time', () => {
  let clock = 0;
  const budget = new TimeBudget(() => clock);
  budget.begin(1000);
  assert.equal(budget.isOver(), false);
  clock = 60_000;
  assert.equal(budget.isOver(), false);
  assert.equal(budget.isOver(), false);
});

test('a call that runs on and on is, and the next one begins anew', () => {
  const budget = new TimeBudget(() => performance.now());
  for (let call = 0; call < 2; call++) {
    budget.begin(1);
    assert.equal(budget.isOver(), false);
    while (!budget.isOver()) Math.sqrt(call);
  }
});
