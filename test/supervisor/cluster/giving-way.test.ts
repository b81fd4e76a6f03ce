import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { protocol } from '../../../src/cluster/messages/protocol.ts';
import { until } from '../../running/condition.ts';
import { Redis, withRedis } from '../../running/redis.ts';
import { envelopesOf, NodeHere, storeOf } from './node-here.ts';

const counts = { onPartition: 'share', blindAllowance: 0 } as const;
const frames = 'levee:frames';

/** Who tells what the node `n1` counts: the epoch of each frame, as they come. */
async function tellers(context: TestContext, redis: Redis): Promise<readonly number[]> {
  const told: number[] = [];
  const envelopes = await envelopesOf();
  const hear = (message: Buffer): void => {
    const content = envelopes.open(message, frames);
    assert.ok(content !== null);
    const { node, epoch } = protocol.frame.unpack(content);
    if (node === 'n1') told.push(epoch);
  };
  await storeOf(context, redis, new Map([[frames, hear]]));
  return told;
}

function isThere(redis: Redis): boolean {
  return redis.ask('hexists', 'levee:nodes', 'n1').trim() === '1';
}

suite('a node that another process becomes', withRedis, () => {
  test('tells what it counts until that process does', async (context) => {
    const redis = await Redis.start(context);
    const told = await tellers(context, redis);
    const one = await NodeHere.start(context, redis, 'n1', { counts });
    await until('it shares', () => one.node.report()?.counts?.standing === 'sharing');

    await one.node.giveWay();
    assert.equal(isThere(redis), false, 'its name is free');
    const before = told.length;
    await until('it tells what it counts all the same', () => told.length > before + 2);

    const heir = await NodeHere.start(context, redis, 'n1', { counts });
    await until('that process shares', () => heir.node.report()?.counts?.standing === 'sharing');
    await until('it alone tells', () => told.slice(-3).every((epoch) => epoch !== told[0]));
    assert.equal(isThere(redis), true);
    const types = [...one.events, ...heir.events].map(({ type }) => type);
    assert.ok(!types.includes('node-named-twice'));
  });

  test('goes on as before where it does not come to that', async (context) => {
    const redis = await Redis.start(context);
    const told = await tellers(context, redis);
    const one = await NodeHere.start(context, redis, 'n1', { counts });
    await until('it shares', () => one.node.report()?.counts?.standing === 'sharing');
    await one.node.giveWay();
    await one.configure();
    await until('it tells again who is there', () => isThere(redis));
    await until('it shares', () => one.node.report()?.counts?.standing === 'sharing');
    assert.notEqual(told.at(-1), told[0], 'as a later life');
  });
});
