import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BlockRecord } from '../../../src/cluster/blocks/block-record.ts';
import { firstForm } from '../../../src/cluster/messages/blocks.ts';
import { type Form, Message } from '../../../src/cluster/messages/message.ts';
import { PackingError } from '../../../src/cluster/messages/packing.ts';
import { type Protocol, protocol } from '../../../src/cluster/messages/protocol.ts';
import { until } from '../../running/condition.ts';
import { Redis, withRedis } from '../../running/redis.ts';
import { envelopesOf, NodeHere, storeOf } from './node-here.ts';

/** A release that does not exist: it says of a block what it is first, and something besides. */
const secondForm: Form<BlockRecord> = {
  write(packer, record) {
    packer.text('of the second version');
    firstForm.write(packer, record);
  },
  read(unpacker) {
    assert.equal(unpacker.text(), 'of the second version');
    return firstForm.read(unpacker);
  },
};
const upgraded: Protocol = {
  ...protocol,
  versions: { oldest: 1, newest: 2 },
  block: new Message([
    [1, firstForm],
    [2, secondForm],
  ]),
};
const late: Protocol = {
  ...protocol,
  versions: { oldest: 2, newest: 2 },
  block: new Message([[2, secondForm]]),
};

suite('nodes of several versions', withRedis, () => {
  test('speak the newest one that all of them know, and write anew what another could not read', async (context) => {
    const redis = await Redis.start(context);
    const store = await storeOf(context, redis);
    const envelopes = await envelopesOf();
    /** In which form blocks stand in the store. */
    const forms = async (): Promise<number[]> => {
      const found: number[] = [];
      for await (const some of store.scan('levee:blocks', 100))
        for (const sealed of some.values()) {
          const content = envelopes.open(sealed, 'levee:blocks');
          assert.ok(content !== null);
          found.push(content[0] ?? 0);
        }
      return found;
    };
    const [one, two] = [
      await NodeHere.start(context, redis, 'n1', { spoken: upgraded }),
      await NodeHere.start(context, redis, 'n2', { spoken: upgraded }),
    ];
    await until('they know each other', () => one.peers.length === 1 && two.peers.length === 1);
    one.block('192.0.2.1');
    await until('the other blocks it', () => two.blocked.length === 1);
    assert.deepEqual(await forms(), [2]);

    const old = await NodeHere.start(context, redis, 'n3');
    await until('the old one blocks it too', () => old.blocked.length === 1);
    assert.deepEqual(await forms(), [1]);
    for (const each of [one, two])
      await until('it speaks as the old one does', () => each.node.report()?.spoken === 1);
    assert.equal(old.node.report()?.peers[0]?.speaks, '1-2');
    old.block('192.0.2.2');
    two.block('192.0.2.3');
    for (const each of [one, two, old]) await until('all block all', () => each.blocked.length === 3);

    await old.node.stop();
    await until('all have moved', () => one.node.report()?.spoken === 2);
    await until('the other knows', () => two.node.report()?.spoken === 2);
    two.lift('192.0.2.3');
    await until('it is lifted', () => one.blocked.length === 2);
    assert.deepEqual((await forms()).sort(), [1, 1, 2]);
    const told = [...one.events, ...two.events, ...old.events].map(({ type }) => type);
    assert.ok(!told.includes('cluster-unreadable') && !told.includes('versions-differ'));
  });

  test('say so where they have none in common', async (context) => {
    const redis = await Redis.start(context);
    const old = await NodeHere.start(context, redis, 'n1');
    const other = await NodeHere.start(context, redis, 'n2', { spoken: late });
    for (const each of [old, other])
      await until('it is told', () => each.events.some(({ type }) => type === 'versions-differ'));
    assert.deepEqual([old.node.report()?.spoken, other.node.report()?.spoken], [1, 2]);
    assert.ok(!old.events.some(({ type }) => type === 'cluster-unreadable'));
  });
});

suite('a message', () => {
  test('is written in the newest form that its reader has', () => {
    const record = {
      policy: 'web',
      source: '192.0.2.1',
      prefix: 32,
      end: 7,
      version: 8,
      node: 'n1',
      by: 'x',
    };
    const inOld = upgraded.block.pack(record, 1);
    assert.deepEqual(protocol.block.unpack(inOld), record);
    assert.deepEqual(upgraded.block.unpack(inOld), record);
    // A version that brings other messages changes nothing of this one.
    assert.deepEqual(upgraded.block.pack(record, 3), upgraded.block.pack(record, 2));
    assert.throws(() => protocol.block.unpack(upgraded.block.pack(record, 2)), PackingError);
    assert.throws(() => late.block.pack(record, 1), RangeError);
  });
});
