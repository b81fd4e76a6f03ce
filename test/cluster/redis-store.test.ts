import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Redis, withRedis } from '../running/redis.ts';
import { storeOf } from '../supervisor/cluster/node-here.ts';

suite('the store', withRedis, () => {
  test('is given up where it stands still, also by who goes on writing', async (context) => {
    const redis = await Redis.start(context);
    const store = await storeOf(context, redis);
    redis.kill('SIGSTOP');
    const rejected: Promise<void>[] = [];
    const timer = setInterval(
      () => rejected.push(assert.rejects(store.publish('levee:frames', Buffer.of(1)))),
      50,
    );
    assert.equal(await store.lost, 'it has not answered for 1000 ms');
    clearInterval(timer);
    assert.ok(rejected.length > 1);
    await Promise.all(rejected);
  });
});
