import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Strangers } from '../../src/doors/strangers.ts';

class Crowd {
  readonly strangers = new Strangers({ each: 3, all: 6 });
  readonly dropped: string[] = [];

  come(source: string, name: string): void {
    this.strangers.add({ source, drop: () => this.dropped.push(`${source} ${name}`) });
  }
}

test('the oldest of a source has to go where that has too many', () => {
  const crowd = new Crowd();
  for (const name of ['1', '2', '3', '4', '5']) crowd.come('a', name);
  assert.deepEqual(crowd.dropped, ['a 1', 'a 2']);
  assert.equal(crowd.strangers.count, 3);
});

test('where all are too many, the oldest of the fullest source has to go, and whoever comes from another stays', () => {
  const crowd = new Crowd();
  for (const name of ['1', '2', '3']) crowd.come('a', name);
  for (const name of ['1', '2', '3']) crowd.come('b', name);
  crowd.come('c', '1');
  crowd.come('a', '4');
  crowd.come('d', '1');
  assert.deepEqual(crowd.dropped, ['a 1', 'a 2', 'b 1']);
  crowd.strangers.dropAll();
  assert.equal(crowd.strangers.count, 0);
});
