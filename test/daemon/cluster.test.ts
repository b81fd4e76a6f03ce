import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { openRedis } from '../../src/cluster/store/redis-store.ts';
import { type Node, nodeOf as nodeAmong } from '../running/cluster-nodes.ts';
import { until } from '../running/condition.ts';
import { Redis, withRedis } from '../running/redis.ts';

const blocking = ['set action block-period', 'set block-period 600'];

function nodeOf(
  context: TestContext,
  redis: Redis,
  name: string,
  options: Parameters<typeof nodeAmong>[3] = {},
): Promise<Node> {
  return nodeAmong(context, redis, name, { ...options, rule: blocking });
}

const nothing = { text: '', destination: '' };
/** Where nodes keep blocks. */
const hash = 'levee:blocks';

async function flooded(node: Node): Promise<void> {
  const outcomes = [await node.open(), await node.open(), await node.open()];
  assert.deepEqual(outcomes, ['admitted', 'admitted', 'reset']);
}

suite('nodes that share blocks', withRedis, () => {
  test('block a source together and lift it together, also over a store that has forgotten', async (context) => {
    const redis = await Redis.start(context);
    const one = await nodeOf(context, redis, 'n1');
    const other = await nodeOf(context, redis, 'n2');
    await until('they know each other', async () => (await one.peers()).length === 1);
    assert.deepEqual(await one.peers(), ['n2']);
    const [held] = [await other.open()];
    assert.equal(held, 'admitted');

    await flooded(one);
    await until('the other blocks it', async () => (await other.blocks()).length === 1);
    assert.equal(await other.open(), 'reset');
    const asked = performance.now();
    const [[here], [there]] = [await one.blocks(), await other.blocks()];
    const between = (performance.now() - asked) / 1000;
    assert.deepEqual([here?.node, there?.node], ['n1', 'n1']);
    assert.ok(Math.abs((here?.remaining ?? 0) - (there?.remaining ?? 0)) <= 1 + between);

    redis.kill('SIGKILL');
    await until('it is missed', async () => (await one.status()).state === 'unreachable');
    await redis.start();
    const third = await nodeOf(context, redis, 'n3');
    await until('who comes later learns of it', async () => (await third.blocks()).length === 1);

    const { status } = await third.state.here([
      '-c',
      'diagnose policy period-blockip delete "web" 127.0.0.1',
    ]);
    assert.equal(status, 0);
    for (const node of [one, other, third])
      await until('nobody blocks it', async () => (await node.blocks()).length === 0);
    assert.equal(await other.open(), 'admitted');
  });

  test('take nothing that is not sealed with their key, nor anything twice', async (context) => {
    const redis = await Redis.start(context);
    const one = await nodeOf(context, redis, 'n1');
    const stranger = await nodeOf(context, redis, 'n2', { key: 'the key of somebody else' });
    await flooded(stranger);
    await until('it is noticed', async () => (await one.status()).unreadable > 0);
    assert.deepEqual([await one.blocks(), await one.peers()], [[], []]);

    await stranger.daemon?.stop();
    const store = await openRedis(
      [{ server: '127.0.0.1', port: redis.port, username: '', password: nothing, tls: null }],
      () => '',
      new Map(),
      new AbortController().signal,
    );
    context.after(() => store.close());
    const all = async (): Promise<ReadonlyMap<string, Buffer>> => {
      for await (const some of store.scan(hash, 100)) return some;
      return new Map();
    };
    await store.remove(hash, [...(await all()).keys()]);
    await flooded(one);
    await until('it is written', async () => (await all()).size === 1);
    const kept = await all();
    const [sealed] = kept.values();
    assert.ok(sealed !== undefined);
    const { status } = await one.state.here(['-c', 'diagnose policy period-blockip delete "web" 127.0.0.1']);
    assert.equal(status, 0);
    await until('the lift is written', async () => ![...(await all()).values()][0]?.equals(sealed));
    // What was true before comes again, and is corrected.
    await store.put(hash, kept);
    await store.publish(hash, sealed);
    await until('it is corrected', async () => ![...(await all()).values()][0]?.equals(sealed));
    assert.deepEqual(await one.blocks(), []);
  });

  test('give a store up that takes nothing, and come again with one connection each', async (context) => {
    const redis = await Redis.start(context);
    redis.ask('config', 'set', 'maxmemory', '1');
    const one = await nodeOf(context, redis, 'n1');
    await until('it says why', async () => (await one.status()).reason.includes('OOM'));
    await until(
      'it has tried again',
      () => Number(/total_connections_received:(\d+)/.exec(redis.ask('info', 'stats'))?.[1]) > 4,
    );
    assert.ok(redis.ask('client', 'list').trim().split('\n').length <= 2);
    redis.ask('config', 'set', 'maxmemory', '0');
    await until('it is there', async () => (await one.status()).state === 'connected');
  });

  test('go on under their name when they are configured anew, and take back what was of another policy', async (context) => {
    const redis = await Redis.start(context);
    const one = await nodeOf(context, redis, 'n1');
    const other = await nodeOf(context, redis, 'n2');
    await flooded(one);
    await until('the other blocks it', async () => (await other.blocks()).length === 1);
    const changed = await one.state.here(
      [],
      'config system cluster\nconfig server-list\nedit 2\nset server 127.0.0.1\nnext\nend\nend\n',
    );
    assert.deepEqual([changed.status, changed.stderr], [0, '']);
    await until('it is there again', async () => (await one.status()).state === 'connected');
    const strange = one.daemon?.reported.filter((line) => line.includes('another node is called'));
    assert.deepEqual(strange, []);
    const renamed = await one.state.here([], 'config server-policy policy\nrename web to shop\nend\n');
    assert.deepEqual([renamed.status, renamed.stderr], [0, '']);
    await until('web is no longer blocked', async () => (await other.blocks()).length === 0);
    assert.equal((await one.blocks()).length, 1);
  });

  test('do not take part under a name that another has', async (context) => {
    const redis = await Redis.start(context);
    const one = await nodeOf(context, redis, 'n1');
    await until('it is there', async () => (await one.status()).state === 'connected');
    const second = await nodeOf(context, redis, 'n2', { name: 'n1' });
    await until('it is told', async () => (await second.status()).state === 'named-twice');
    assert.equal((await one.status()).state, 'connected');
    await one.daemon?.stop();
    await until('it takes its place', async () => (await second.status()).state === 'connected');
  });
});
