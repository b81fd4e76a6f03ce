import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { type BlockRecord, nameOf } from '../../src/cluster/blocks/block-record.ts';
import { clusterKey, Envelopes } from '../../src/cluster/messages/envelope.ts';
import { packPresence } from '../../src/cluster/messages/presence.ts';
import { protocol } from '../../src/cluster/messages/protocol.ts';
import { until } from '../running/condition.ts';
import { Redis, withRedis } from '../running/redis.ts';
import { envelopesOf, NodeHere, storeOf } from '../supervisor/cluster/node-here.ts';

// Who writes into the store of a cluster, and does not have its key.

const [blocks, nodes, frames, row] = ['levee:blocks', 'levee:nodes', 'levee:frames', 'levee:row:n2'];

/** What it takes to make one that is almost right. */
async function forged(): Promise<readonly Uint8Array[]> {
  const own = await envelopesOf();
  const strange = new Envelopes(await clusterKey('another key', 'levee'));
  const block = protocol.block.pack(
    {
      policy: 'web',
      source: '192.0.2.7',
      prefix: 32,
      end: Date.now() + 60_000,
      version: Date.now(),
      node: 'n2',
      by: '',
    },
    1,
  );
  const sealed = own.seal(block, blocks);
  const presence = packPresence({
    ...{ node: 'n2', life: 1, at: Date.now(), clockAhead: 0, version: '' },
    ...{ speaks: protocol.versions, configuration: 0, fault: '' },
  });
  return [
    new Uint8Array(),
    randomBytes(29),
    randomBytes(300),
    ...[0, 1, 28, 29, sealed.length - 1].map((length) => sealed.subarray(0, length)),
    Buffer.concat([sealed, Buffer.of(0)]),
    // At another place than it was written for, and by another key.
    own.seal(block, nodes),
    ...[blocks, nodes, frames, row].flatMap((place) => [
      strange.seal(block, place),
      strange.seal(presence, place),
    ]),
  ];
}

suite('who writes into the store of a cluster', withRedis, () => {
  test('is not believed without the key, whatever is written wherever', async (context) => {
    const redis = await Redis.start(context);
    const store = await storeOf(context, redis);
    const one = await NodeHere.start(context, redis, 'n1');
    await until('it is there', () => one.node.report()?.state === 'connected');
    const all = await forged();
    for (const hash of [blocks, nodes])
      await store.put(hash, new Map(all.map((each, index) => [index === 0 ? 'n1' : `n${index}`, each])));
    for (const channel of [blocks, frames]) for (const each of all) await store.publish(channel, each);
    await store.keep(row, all.at(-1) ?? new Uint8Array(), 60_000);
    await until('it is noticed', () => (one.node.report()?.unreadable ?? 0) > 2 * all.length);

    const two = await NodeHere.start(context, redis, 'n2');
    two.block('192.0.2.1');
    await until('a node is heard among all that', () => one.blocked.length > 0);
    await until('it is seen', () => one.peers.length > 0);
    assert.deepEqual([one.blocked, one.peers], [['192.0.2.1'], ['n2']]);
    assert.equal(one.events.filter(({ type }) => type === 'cluster-unreadable').length, 1);
  });

  test('makes no node fetch what is longer than any message', async (context) => {
    const redis = await Redis.start(context);
    const large = 'string.rep("x", 1024 * 1024)';
    redis.ask('eval', `for at = 1, 8 do redis.call('hset', '${blocks}', at, ${large}) end`, '0');
    redis.ask('eval', `for at = 1, 8 do redis.call('hset', '${nodes}', at, ${large}) end`, '0');
    const one = await NodeHere.start(context, redis, 'n1');
    await until('it is there', () => one.node.report()?.state === 'connected');
    assert.ok((one.node.report()?.unreadable ?? 0) >= 16);
    const [, sent = ''] = /total_net_output_bytes:(\d+)/.exec(redis.ask('info', 'stats')) ?? [];
    assert.ok(Number(sent) < 1024 * 1024, `${sent} bytes`);
  });

  test('that has the key, and writes what makes no sense, stops no other node', async (context) => {
    const redis = await Redis.start(context);
    const store = await storeOf(context, redis);
    const envelopes = await envelopesOf();
    const one = await NodeHere.start(context, redis, 'n1');
    await until('it is there', () => one.node.report()?.state === 'connected');
    const far = Number.MAX_SAFE_INTEGER;
    const usual = { policy: 'web', source: '192.0.2.7', prefix: 32, end: 0, version: 1, node: 'n2', by: '' };
    const records: readonly BlockRecord[] = [
      { ...usual, source: 'nonsense', end: far },
      { ...usual, source: '', end: far },
      { ...usual, source: ':', end: far },
      { ...usual, source: '192.0.2.8', prefix: far, end: far },
      { ...usual, source: '192.0.2.9', end: far, version: far },
      { ...usual, source: '192.0.2.9', end: 0, version: far, node: '' },
      { ...usual, source: '192.0.2.10', end: Date.now() + 10 * 86_400_000, version: Date.now() },
      { ...usual, policy: '\u0000', source: '\u001b[31m', node: '\n', by: '\u202e' },
    ];
    for (const record of records) {
      const sealed = envelopes.seal(protocol.block.pack(record, 1), blocks);
      await store.put(blocks, new Map([[nameOf(record), sealed]]));
      await store.publish(blocks, sealed);
    }
    const two = await NodeHere.start(context, redis, 'n2');
    await until('they know each other', () => one.peers.length === 1);
    one.lift('192.0.2.9');
    one.block('192.0.2.1');
    await until('the other is told', () => two.blocked.includes('192.0.2.1'));
    two.lift('192.0.2.1');
    await until('and tells', () => !one.blocked.includes('192.0.2.1'));
    assert.deepEqual([one.blocked, two.blocked], [[], []]);
    for (const { events } of [one, two]) {
      assert.ok(!events.some(({ type }) => type === 'cluster-lost'));
      assert.equal(events.filter(({ type }) => type === 'cluster-impossible').length, 1);
    }
  });

  test('keeps nodes apart with more names than there are nodes, and they say so', async (context) => {
    const redis = await Redis.start(context);
    redis.ask('eval', `for at = 1, 10001 do redis.call('hset', '${nodes}', at, 'x') end`, '0');
    const one = await NodeHere.start(context, redis, 'n1');
    await until('it says so', () => one.node.report()?.reason === `${nodes} has more than 10000 fields`);
    redis.ask('del', nodes);
    await until('it is there', () => one.node.report()?.state === 'connected');
  });
});
