import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { packPresence } from '../../../src/cluster/messages/presence.ts';
import { until } from '../../running/condition.ts';
import { Redis, withRedis } from '../../running/redis.ts';
import { envelopesOf, NodeHere, storeOf } from './node-here.ts';

const nodes = 'levee:nodes';

suite('what a node says of itself', withRedis, () => {
  test('is taken out of the store where it has said nothing for an hour', async (context) => {
    const redis = await Redis.start(context);
    const [store, envelopes] = [await storeOf(context, redis), await envelopesOf()];
    const ago = (minutes: number): Buffer => {
      const at = Date.now() - minutes * 60_000;
      const presence = { node: `n${minutes}`, life: 1, at, clockAhead: 0, version: '0.1.0' };
      const rest = { speaks: { oldest: 1, newest: 1 }, configuration: 0, fault: '' };
      return envelopes.seal(packPresence({ ...presence, ...rest }), nodes);
    };
    await store.put(nodes, new Map([59, 61].map((minutes) => [`n${minutes}`, ago(minutes)])));
    const one = await NodeHere.start(context, redis, 'n1');
    await until('it is there', () => one.node.report()?.state === 'connected');
    assert.deepEqual(redis.ask('hkeys', nodes).trim().split('\n').sort(), ['n1', 'n59']);
    assert.deepEqual(one.peers, []);
  });
});
