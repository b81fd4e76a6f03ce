import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as written } from 'node:timers/promises';
import { Redis, withRedis } from '../running/redis.ts';
import { storeOf } from '../supervisor/cluster/node-here.ts';

const silent = 'it has not answered for 1000 ms';

/** As a thread that has no processor, or too much to do: whatever is due comes afterwards, and all at once. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

suite('the store', withRedis, () => {
  test('is given up where it stands still, also by who goes on writing', async (context) => {
    const redis = await Redis.start(context);
    const store = await storeOf(context, redis);
    redis.kill('SIGSTOP');
    const rejected: Promise<void>[] = [];
    const timer = setInterval(
      () => rejected.push(assert.rejects(store.publish('levee:frames', Buffer.of(1)), { message: silent })),
      50,
    );
    assert.equal(await store.lost, silent);
    clearInterval(timer);
    assert.ok(rejected.length > 1);
    await Promise.all(rejected);
    // The system answers in its place, and that is all.
    await assert.rejects(storeOf(context, redis), { message: `127.0.0.1:${redis.port}: ${silent}` });
  });

  test('is kept where this process stands still', async (context) => {
    const redis = await Redis.start(context);
    const store = await storeOf(context, redis);
    const answer = store.publish('levee:frames', Buffer.of(1));
    await written();
    standStill(1100);
    await answer;
    store.close();
    assert.equal(await store.lost, 'it was closed');
  });
});
