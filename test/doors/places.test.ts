import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Places } from '../../src/doors/places.ts';

test('no account takes all places, and some are kept for whoever may do everything', () => {
  const places = new Places<string>({ each: 3, all: 6, kept: 2 });
  const take = (name: string, account: number, mayDoEverything = false): boolean =>
    places.take(name, { account, mayDoEverything }) === undefined;
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((name) => take(name, 1)),
    [true, true, true, false],
  );
  assert.deepEqual(
    ['e', 'f'].map((name) => take(name, 2)),
    [true, false],
  );
  assert.deepEqual(
    ['g', 'h', 'i'].map((name) => take(name, 3, true)),
    [true, true, false],
  );
  assert.equal(places.count, 6);
  places.leave('a');
  assert.deepEqual(
    [take('d', 1), places.has('a'), [...places.taken]],
    [false, false, ['b', 'c', 'e', 'g', 'h']],
  );
  places.leave('g');
  places.leave('h');
  assert.ok(take('d', 1), 'where places are free it has its own');
});
