import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WaitingBytes, type WaitingConnection } from '../../src/enforcer/worker/waiting-bytes.ts';

class Waiting implements WaitingConnection {
  waiting = 0;
  isReset = false;
  readonly facts: { readonly ledgerEntry: number };

  constructor(ledgerEntry: number) {
    this.facts = { ledgerEntry };
  }

  reset(): void {
    this.isReset = true;
  }
}

test('at the limit the client that has most loses connections, however big those of others are', () => {
  const told = { bytes: 0, reset: 0, scarce: 0 };
  const big = new Waiting(1);
  const crowd = Array.from({ length: 10 }, () => new Waiting(2));
  const waiting = new WaitingBytes({
    each: (visit) => [...crowd, big].forEach(visit),
    networkOf: String,
    gauge: (bytes) => {
      told.bytes = bytes;
    },
    reset: (connections) => {
      told.reset += connections;
    },
    becameScarce: () => {
      told.scarce += 1;
    },
  });
  waiting.change(800);
  waiting.tell(big, 300);
  assert.deepEqual([told, waiting.isScarce], [{ bytes: 300, reset: 0, scarce: 0 }, false]);
  for (const [index, connection] of crowd.entries()) waiting.tell(connection, 50 + index);
  // 845 bytes with the last: it goes with the next one, to 7/8 of the limit.
  assert.deepEqual([told, waiting.isScarce], [{ bytes: 671, reset: 3, scarce: 1 }, true]);
  assert.equal(big.isReset, false);
  assert.deepEqual(
    crowd.flatMap(({ isReset }, index) => (isReset ? [index] : [])),
    [7, 8, 9],
  );
  waiting.change(100);
  assert.deepEqual([told.bytes, told.reset, big.isReset], [0, 11, true]);
  waiting.tell(big, 10);
  waiting.tell(big, 0);
  assert.deepEqual([told.bytes, told.scarce, waiting.isScarce], [0, 1, false]);
});
