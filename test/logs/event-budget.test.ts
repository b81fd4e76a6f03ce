import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { configurationChanged, loginRefused } from '../../src/events/administration.ts';
import type { Event } from '../../src/events/events.ts';
import { describe } from '../../src/events/events.ts';
import { memberDown, memberUp } from '../../src/events/members.ts';
import { EventBudget, type TimedEvent } from '../../src/logs/records/event-budget.ts';

const minute = 60_000;
const actor = { user: 'anna', ui: 'console' };

function down(index: number): Event {
  return memberDown({ pool: 'servers', member: `10.0.0.${index}:80`, reason: 'refused' });
}

function textsOf(events: readonly TimedEvent[]): readonly string[] {
  return events.map(({ event }) => describe(event).text);
}

suite('the budget of events', () => {
  test('lets so many of a type through in a minute, then counts the others into one', () => {
    const budget = new EventBudget(3);
    const passed = Array.from({ length: 50 }, (_, index) => budget.take(down(index), 1000 + index, index));
    assert.equal(passed.flat().length, 3);
    assert.deepEqual(budget.due(0, minute - 1), []);
    assert.deepEqual(textsOf(budget.due(5000, minute)), [
      '47 more events "member-down", the last: server 10.0.0.49:80 of server pool "servers" is down: refused',
    ]);
    assert.deepEqual(budget.due(0, 10 * minute), []);
    assert.deepEqual(budget.take(down(1), 7, minute + 1), [{ event: down(1), time: 7 }]);
  });

  test('tells of an interval that is over before the next event of that type', () => {
    const budget = new EventBudget(1);
    budget.take(down(1), 0, 0);
    budget.take(down(2), 0, 1);
    assert.deepEqual(textsOf(budget.take(down(3), 0, minute)), [
      '1 more event "member-down", the last: server 10.0.0.2:80 of server pool "servers" is down: refused',
      'server 10.0.0.3:80 of server pool "servers" is down: refused',
    ]);
  });

  test('counts each type by itself', () => {
    const budget = new EventBudget(1);
    assert.equal(budget.take(down(1), 0, 0).length, 1);
    assert.equal(budget.take(memberUp({ pool: 'servers', member: '10.0.0.1:80' }), 0, 0).length, 1);
    assert.equal(budget.take(down(2), 0, 0).length, 0);
  });

  test('gives the sum the level of the worst, and keeps it from the terminal where all were expected', () => {
    const budget = new EventBudget(0);
    const refused = { ...actor, reason: 'name or password is wrong' };
    budget.take(loginRefused({ ...refused, failures: 3, isMany: true }), 0, 0);
    budget.take(loginRefused({ ...refused, failures: 1, isMany: false }), 0, 0);
    budget.take(down(1), 0, 0);
    const sums = budget.close(0).map(({ event }) => describe(event));
    assert.deepEqual(
      sums.map(({ level, isExpected }) => [level, isExpected]),
      [
        ['alert', true],
        ['error', false],
      ],
    );
    assert.deepEqual(budget.close(0), []);
  });

  test('leaves out nothing that an administrator has done, whereas anyone may fail to log in', () => {
    const budget = new EventBudget(0);
    const change = {
      path: 'system vip',
      keys: ['a'],
      change: 'created',
      field: null,
      old: '',
      new: '',
    } as const;
    assert.equal(budget.take(configurationChanged({ ...actor, ...change, revision: 1 }), 0, 0).length, 1);
    const refused = loginRefused({
      ...actor,
      reason: 'name or password is wrong',
      failures: 1,
      isMany: false,
    });
    assert.equal(budget.take(refused, 0, 0).length, 0);
  });

  test('bounds errors of scripts over all policies and workers', () => {
    const budget = new EventBudget();
    const passed = Array.from({ length: 1000 }, (_, index) =>
      budget.take(
        { type: 'script-failed', policy: `${index}`, script: 'guard', line: 1, reason: 'nil' },
        0,
        0,
      ),
    );
    assert.equal(passed.flat().length, 100);
    assert.equal(budget.close(0).length, 1);
  });
});
