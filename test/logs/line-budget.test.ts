import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type BudgetedRecord, LineBudget } from '../../src/logs/records/line-budget.ts';
import type { ViolationRecord } from '../../src/verdict/judge/records.ts';
import type { Reason } from '../../src/verdict/table/reasons.ts';
import fc from '../property.ts';
import { policy, record } from './records.ts';

const interval = 180_000;

function address(index: number): string {
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
}

function sum(records: readonly BudgetedRecord[], amount: (record: ViolationRecord) => number): number {
  return records.reduce((total, line) => total + amount(line.record), 0);
}

/** A step of a story: a record comes, time passes, the interval changes, or the clock ticks. */
type Step =
  | { readonly do: 'record'; readonly policy: number; readonly record: ViolationRecord }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'interval'; readonly milliseconds: number }
  | { readonly do: 'tick' };

const reasons: readonly Reason[] = ['connections', 'silent', 'black-ip', 'allow-only'];

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      policy: fc.nat(2),
      record: fc
        .record({
          source: fc.nat(30).map(address),
          reason: fc.constantFrom(...reasons),
          phase: fc.constantFrom('start' as const, 'summary' as const, 'end' as const),
          count: fc.nat(1_000_000),
          wouldRefuse: fc.nat(1_000_000),
          open: fc.nat(65_536),
          peak: fc.nat(65_536),
        })
        .map((changed) => ({ ...record, ...changed })),
    }),
  },
  fc.record({ do: fc.constant('wait' as const), milliseconds: fc.nat(2 * interval) }),
  fc.record({
    do: fc.constant('interval' as const),
    milliseconds: fc.integer({ min: 1, max: 2 * interval }),
  }),
  fc.constant({ do: 'tick' as const }),
);

suite('the budget of lines', () => {
  test('neither loses nor makes up a violation, whatever comes when', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 300 }), fc.integer({ min: 1, max: 5 }), (story, lines) => {
        const budget = new LineBudget(interval, lines);
        const written: BudgetedRecord[] = [];
        const given: ViolationRecord[] = [];
        let now = 0;
        for (const step of story) {
          if (step.do === 'wait') now += step.milliseconds;
          else if (step.do === 'interval') budget.interval = step.milliseconds;
          else if (step.do === 'tick') written.push(...budget.due(now));
          else {
            given.push(step.record);
            written.push(...budget.take(step.record, { ...policy, id: step.policy }, now));
          }
        }
        written.push(...budget.close());
        for (const amount of [(r: ViolationRecord) => r.count, (r: ViolationRecord) => r.wouldRefuse]) {
          assert.equal(
            sum(written, amount),
            given.reduce((total, each) => total + amount(each), 0),
          );
          for (const reason of reasons) {
            assert.equal(
              sum(
                written.filter((line) => line.record.reason === reason),
                amount,
              ),
              given.filter((each) => each.reason === reason).reduce((total, each) => total + amount(each), 0),
            );
          }
        }
        assert.deepEqual(budget.close(), []);
      }),
    );
  });

  test('gives a policy a hundred lines an interval, and one for a million others', () => {
    const budget = new LineBudget(interval);
    const written: BudgetedRecord[] = [];
    for (let index = 0; index < 1_000_000; index++) {
      const happened = { ...record, source: address(index % 100_000) };
      written.push(...budget.take(happened, policy, index / 100));
    }
    written.push(...budget.due(interval));
    assert.equal(written.length, 101);
    const [others] = written.slice(-1);
    assert.equal(others?.record.source, '0.0.0.0');
    assert.equal(others?.record.phase, 'summary');
    assert.equal(others?.record.count, 999_900);
    assert.equal(others?.sources, 100_000);
    assert.equal(
      sum(written, ({ count }) => count),
      1_000_000,
    );
  });

  test('is one for each policy, and whole again in the next interval', () => {
    const budget = new LineBudget(interval, 1);
    const other = { ...policy, id: 2 };
    const lines = (...records: readonly (readonly BudgetedRecord[])[]): number[] =>
      records.map(({ length }) => length);
    assert.deepEqual(
      lines(
        budget.take(record, policy, 0),
        budget.take(record, other, 0),
        budget.take(record, policy, interval - 1),
        // The one for all others of the interval that is over, and its own.
        budget.take(record, policy, interval),
        budget.due(interval),
        budget.due(2 * interval),
      ),
      [1, 1, 0, 2, 0, 0],
    );
  });

  test('tells lists from rules in what it says of the others', () => {
    const budget = new LineBudget(interval, 0);
    budget.take({ ...record, reason: 'black-ip' }, policy, 0);
    budget.take({ ...record, open: 4, peak: 9, time: record.time + 2000 }, policy, 0);
    budget.take({ ...record, open: 7, peak: 8, time: record.time + 5000 }, policy, 0);
    const told = budget.close().map(({ record: { reason, open, peak, count, duration } }) => ({
      reason,
      open,
      peak,
      count,
      duration,
    }));
    assert.deepEqual(told, [
      { reason: 'black-ip', open: 10, peak: 10, count: 1, duration: 0 },
      { reason: 'connections', open: 7, peak: 9, count: 2, duration: 3000 },
    ]);
  });
});
