import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Transactions } from '../../src/model/transactions/transactions.ts';
import { openLevee } from '../cli/in-process.ts';

/** A session that works in one. */
const anna = { author: { name: 'anna', origin: 'test' }, listed: undefined };
const minute = 60_000;
const hour = 60 * minute;

test('a transaction that nobody works in ends after a day, and says so an hour before', (context) => {
  const { configuration } = openLevee(context);
  let now = 1000;
  const told: string[] = [];
  const transactions = new Transactions(
    configuration,
    {
      ending: (each) => told.push(`${each.id} ends in ${(transactions.remaining(each) ?? 0) / minute}`),
      expired: ({ id }) => told.push(`${id} is over`),
    },
    () => now,
  );
  context.after(() => transactions.close());
  const begun = transactions.begin(7, anna.author, false);
  assert.ok('id' in begun);
  transactions.attach(begun, anna);
  const after = (time: number): readonly string[] => {
    now += time;
    transactions.expire();
    return told.splice(0);
  };
  assert.deepEqual(after(48 * hour), [], 'somebody works in it');
  assert.equal(transactions.remaining(begun), undefined);
  transactions.attach(begun, null);
  assert.deepEqual(after(23 * hour - minute), []);
  assert.deepEqual(after(2 * minute), ['1 ends in 59']);
  assert.deepEqual(transactions.endingOf(7), [begun]);
  assert.deepEqual(after(minute), [], 'once');
  transactions.attach(begun, anna);
  transactions.attach(begun, null);
  assert.deepEqual(transactions.endingOf(7), []);
  assert.deepEqual(after(24 * hour - minute), ['1 ends in 1']);
  assert.deepEqual(after(minute), ['1 is over']);
  assert.deepEqual([transactions.all, transactions.endingOf(7)], [[], []]);
});

test('an exclusive transaction whose session was lost keeps others waiting for ten minutes', (context) => {
  const { configuration } = openLevee(context);
  let now = 1000;
  const transactions = new Transactions(configuration, undefined, () => now);
  context.after(() => transactions.close());
  const begin = (): ReturnType<Transactions['begin']> => transactions.begin(7, anna.author, true);
  const first = begin();
  assert.ok('id' in first);
  transactions.attach(first, anna);
  const after = (time: number): boolean => {
    now += time;
    transactions.expire();
    return first.isExclusive;
  };
  assert.equal(after(hour), true, 'somebody works in it');
  transactions.attach(first, null);
  assert.equal(after(10 * minute - 1), true);
  assert.ok('refused' in begin());
  assert.equal(after(1), false);
  const second = begin();
  assert.ok('id' in second);
  const kinds = [first, second].map(({ draft }) =>
    configuration.commit(draft, anna.author).rejections.map(({ kind }) => kind),
  );
  assert.deepEqual(kinds, [['held'], []]);
});
