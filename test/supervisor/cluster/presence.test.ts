import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Envelopes } from '../../../src/cluster/messages/envelope.ts';
import { packPresence } from '../../../src/cluster/messages/presence.ts';
import { productVersion } from '../../../src/system/version.ts';
import { until } from '../../running/condition.ts';
import { Redis, withRedis } from '../../running/redis.ts';
import { envelopesOf, NodeHere, storeOf } from './node-here.ts';

const nodes = 'levee:nodes';

function said(envelopes: Envelopes, node: string, at: number, version = productVersion): Buffer {
  const presence = { node, life: 1, at, clockAhead: 0, version };
  const rest = { speaks: { oldest: 1, newest: 1 }, configuration: 0, fault: '' };
  return envelopes.seal(packPresence({ ...presence, ...rest }), nodes);
}

suite('what a node says of itself', withRedis, () => {
  test('is taken out of the store where it has said nothing for an hour', async (context) => {
    const redis = await Redis.start(context);
    const [store, envelopes] = [await storeOf(context, redis), await envelopesOf()];
    const ago = (minutes: number): Buffer => said(envelopes, `n${minutes}`, Date.now() - minutes * 60_000);
    await store.put(nodes, new Map([59, 61].map((minutes) => [`n${minutes}`, ago(minutes)])));
    const one = await NodeHere.start(context, redis, 'n1');
    await until('it is there', () => one.node.report()?.state === 'connected');
    assert.deepEqual(redis.ask('hkeys', nodes).trim().split('\n').sort(), ['n1', 'n59']);
    assert.deepEqual(one.peers, []);
  });

  test('shows where a node of a shared configuration is of another release', async (context) => {
    const redis = await Redis.start(context);
    const [store, envelopes] = [await storeOf(context, redis), await envelopesOf()];
    const one = await NodeHere.start(context, redis, 'n1', { sharesConfiguration: true });
    await until('it is there', () => one.node.report()?.state === 'connected');
    const releases = [productVersion, '9.9.9'];
    for (const [index, version] of releases.entries())
      await store.put(nodes, new Map([[`m${index}`, said(envelopes, `m${index}`, Date.now(), version)]]));
    await until('they are seen', () => one.peers.length === 2);
    await until('it is told', () => one.events.some(({ type }) => type === 'releases-differ'));
    const told = one.events.filter(({ type }) => type === 'releases-differ');
    assert.deepEqual(told, [{ type: 'releases-differ', node: 'm1', theirs: '9.9.9', ours: productVersion }]);
  });
});
