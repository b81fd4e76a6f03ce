import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { protocol } from '../../../src/cluster/messages/protocol.ts';
import { StoreClock } from '../../../src/supervisor/cluster/store-clock.ts';
import { until } from '../../running/condition.ts';
import { Redis, withRedis } from '../../running/redis.ts';
import { envelopesOf, NodeHere, storeOf } from './node-here.ts';

const hour = 3_600_000;

suite('the clock of the store', () => {
  test('is not taken from an answer that came late, but for the first, or where it was set', async () => {
    const clock = new StoreClock();
    let asked = 0;
    /** By how many seconds it is ahead, once this was the answer. */
    const ahead = async (offset: number, error: number): Promise<number> => {
      await clock.look({
        clock() {
          asked += 1;
          return Promise.resolve({ offset: performance.timeOrigin + offset, error });
        },
      });
      return Math.round((clock.now - performance.now() - performance.timeOrigin) / 1000);
    };
    assert.equal(await ahead(9000, 10_000), 9, 'there is no better one');
    assert.equal(await ahead(1000, 1), 1);
    assert.equal(await ahead(6000, 1), 1, 'it is not asked again so soon');
    clock.forget();
    assert.equal(await ahead(6000, 6000), 1);
    assert.equal(await ahead(-4000, 6000), 1);
    assert.equal(await ahead(2 * hour, 6000), 7200);
    assert.equal(asked, 5);
  });
});

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
