import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { protocol } from '../../../src/cluster/messages/protocol.ts';
import { until } from '../../running/condition.ts';
import { Redis, withRedis } from '../../running/redis.ts';
import { envelopesOf, NodeHere, storeOf } from './node-here.ts';

const hour = 3_600_000;

suite('a node whose clock is set', withRedis, () => {
  test('tells of blocks by that of the store, before and after', async (context) => {
    const redis = await Redis.start(context);
    const [store, envelopes] = [await storeOf(context, redis), await envelopesOf()];
    const one = await NodeHere.start(context, redis, 'n1');
    await until('it is there', () => one.node.report()?.state === 'connected');
    const right = Date.now;
    context.mock.method(Date, 'now', () => right() - hour);
    /** In how many milliseconds the block of a source ends, as all nodes are told. */
    const told = async (source: string): Promise<number> => {
      one.block(source);
      let end = 0;
      await until('it is told', async () => {
        for await (const some of store.scan('levee:blocks', 10))
          for (const sealed of some.values()) {
            const record = protocol.block.unpack(envelopes.open(sealed, 'levee:blocks') ?? Buffer.of());
            if (record.source === source) end = record.end;
          }
        return end > 0;
      });
      return end - right();
    };
    const isRight = (left: number): boolean => left > 0 && left <= 600_000;
    assert.ok(
      isRight(await told('192.0.2.1')),
      'the clock of the node is an hour late, and nobody has looked',
    );
    await until('it has looked', () => Math.round((one.node.report()?.clockAhead ?? 0) / hour) === -1);
    assert.ok(isRight(await told('192.0.2.2')));
  });
});
