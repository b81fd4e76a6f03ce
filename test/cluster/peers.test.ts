import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Presence } from '../../src/cluster/messages/presence.ts';
import { Peers } from '../../src/cluster/peers.ts';

const self = { node: 'n1', life: 1 };

function said(at: number, life = 2): Presence {
  return {
    ...{ node: 'n2', life, at, clockAhead: 0, version: '1.0.0', speaks: { oldest: 1, newest: 1 } },
    ...{ configuration: 0, fault: '' },
  };
}

suite('nodes that are there', () => {
  test('are there until nothing new was heard of them for three seconds', () => {
    const peers = new Peers(self);
    assert.deepEqual(peers.review([said(1000)], 1000, 0), [{ kind: 'joined', node: 'n2' }]);
    // Somebody has taken it out of the store, or written the same again.
    assert.deepEqual(peers.review([], 1500, 500), []);
    assert.deepEqual(peers.review([said(1000)], 2000, 1000), []);
    assert.deepEqual(peers.review([said(2500)], 2500, 1500), []);
    assert.deepEqual(peers.review([said(2500)], 5400, 4400), []);
    assert.deepEqual(peers.review([said(2500)], 5500, 4500), [{ kind: 'left', node: 'n2' }]);
    assert.deepEqual(peers.review([said(2500)], 6000, 5000), []);
  });

  test('are there also where somebody sets the clock of the store', () => {
    const peers = new Peers(self);
    peers.review([said(10_000_000)], 10_000_000, 0);
    // Back by an hour; who has not measured it yet believes what is said later than before.
    assert.deepEqual(peers.review([said(10_002_000)], 6_400_000, 2000), []);
    assert.deepEqual(peers.review([said(6_404_000)], 6_404_000, 4000), []);
    assert.deepEqual(peers.review([said(6_406_000)], 6_406_000, 6000), []);
    assert.equal(peers.all[0]?.since, 10_000_000);
    // And on again.
    assert.deepEqual(peers.review([said(10_008_000)], 6_408_000, 8000), []);
  });

  test('are not what they were in a life that is over', () => {
    const peers = new Peers(self);
    peers.review([said(1000, 2)], 1000, 0);
    peers.review([said(6000, 3)], 6000, 1000);
    assert.deepEqual(peers.review([said(1001, 2)], 6500, 1500), []);
    assert.deepEqual(peers.all[0]?.life, 3);
    assert.equal(peers.all[0]?.since, 6000);
  });
});
