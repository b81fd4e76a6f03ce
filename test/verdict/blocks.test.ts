import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { ADMIT, REFUSE_REPORT } from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable, LOCK, SourcesTable } from '../../src/verdict/table/table.ts';
import {
  type Block,
  blocksStarted,
  type ListedBlock,
  liftBlock,
  listBlocks,
  orderBlock,
  restoreBlock,
} from '../../src/verdict/upkeep/blocks.ts';
import { words } from './addresses.ts';
import { client, limitWith, minute, setUp } from './setting.ts';

const limit = limitWith('block-period', { threshold: 2 });
const v6 = words('2001:db8:0:7::9');

function blocksOf(table: SharedArrayBuffer, now: number): ListedBlock[] {
  const blocks: ListedBlock[] = [];
  assert.ok(atOnce(listBlocks(table, now, (block) => blocks.push(block))));
  return blocks;
}

const blockSetting: Block = {
  policy: 1,
  source: '203.0.113.7',
  prefix: 32,
  reason: 'connections',
  until: 600_000,
};

describe('blocks', () => {
  it('are listed while they last, those of monitor-mode not', () => {
    const { table, open } = setUp();
    open(limit, 3, 1000);
    open({ ...limit, monitor: true }, 3, 1000, words('192.0.2.1'));
    open(limit, 3, 2000, v6);
    assert.deepEqual(blocksOf(table, 2000), [
      { ...blockSetting, until: 601_000, refused: 1, isDirect: true },
      { ...blockSetting, source: '2001:db8:0:7::', prefix: 64, until: 602_000, refused: 1, isDirect: true },
    ]);
    assert.deepEqual(
      blocksOf(table, 601_000).map(({ source }) => source),
      ['2001:db8:0:7::'],
    );
  });

  it('say whether their source has come itself', () => {
    const { table, gate } = setUp();
    const proxy = words('192.0.2.1');
    const announced = words('203.0.113.8');
    for (let count = 0; count < 3; count++) {
      gate.admit(limit, client, 0);
      assert.equal(gate.hold(limit, proxy, 0), ADMIT);
      gate.identify(gate.judgement.connection, limit, announced, 0);
    }
    const found = new Map(blocksOf(table, 0).map(({ source, isDirect }) => [source, isDirect]));
    assert.deepEqual(
      found,
      new Map([
        ['203.0.113.7', true],
        ['203.0.113.8', false],
      ]),
    );
  });

  it('are lifted by an address of the source, or by the source as it is listed', () => {
    for (const text of ['2001:db8:0:7::1234', '2001:db8:0:7::/64', '2001:DB8:0:7::9']) {
      const { table, gate, open } = setUp();
      open(limit, 3, 0, v6);
      for (const connection of [0, 1]) gate.release(connection);
      assert.equal(gate.admit(limit, v6, 1), REFUSE_REPORT);
      const before = blocksStarted(table);
      assert.equal(liftBlock(table, 1, text, 2), 'lifted');
      assert.notEqual(blocksStarted(table), before);
      assert.deepEqual(blocksOf(table, 2), []);
      assert.equal(gate.admit(limit, v6, 2), ADMIT);
      assert.equal(liftBlock(table, 1, text, 2), 'not-blocked');
    }
  });

  it('are judged by the threshold when they are lifted, and end their episode', () => {
    const { table, gate, open, sweep, state } = setUp();
    open(limit, 5, 0);
    assert.equal(liftBlock(table, 1, '203.0.113.7', 1), 'lifted');
    assert.deepEqual(
      sweep(2).map(({ phase, count, total }) => ({ phase, count, total })),
      [{ phase: 'end', count: 2, total: 3 }],
    );
    assert.equal(gate.admit(limit, client, 3), REFUSE_REPORT);
    assert.equal(gate.judgement.startedBlock, true, 'it still holds two');
    for (const connection of [0, 1]) gate.release(connection);
    liftBlock(table, 1, '203.0.113.7', 4);
    sweep(4 + minute);
    assert.equal(state(), undefined);
  });

  it('of another policy or another source are not lifted', () => {
    const { table, open } = setUp();
    open(limit, 3, 0);
    assert.equal(liftBlock(table, 2, '203.0.113.7', 1), 'not-blocked');
    for (const text of ['203.0.113.8', '203.0.113.7/24', '::']) {
      assert.equal(liftBlock(table, 1, text, 1), 'not-blocked', text);
    }
    for (const text of ['', 'web', '203.0.113.7/33', '203.0.113.7/', '203.0.113.7/32/1', '::/129']) {
      assert.equal(liftBlock(table, 1, text, 1), 'no-address', text);
    }
    assert.equal(blocksOf(table, 1).length, 1);
  });

  it('of an earlier process refuse from the first connection on, with a line of their own', () => {
    const { table, gate, sweep, state } = setUp();
    assert.equal(restoreBlock(table, blockSetting, 1000), 'restored');
    assert.deepEqual(blocksOf(table, 1000), [{ ...blockSetting, refused: 0, isDirect: false }]);
    assert.equal(gate.admit(limit, client, 2000), REFUSE_REPORT);
    assert.equal(gate.judgement.firstViolation, true);
    assert.equal(gate.judgement.startedBlock, false);
    assert.equal(sweep(599_999).length, 0);
    assert.equal(sweep(600_000)[0]?.total, 1);
    assert.equal(state(), undefined);
    assert.equal(gate.admit(limit, client, 600_000), ADMIT);
  });

  it('of an earlier process cut what is held, and need no connection to end', () => {
    const { table, gate, sweep, state } = setUp();
    gate.admit(limit, client, 0);
    const before = gate.blocksStarted();
    restoreBlock(table, blockSetting, 0);
    assert.notEqual(gate.blocksStarted(), before);
    assert.ok(gate.blocked(gate.judgement.connection, limit, 0));
    gate.release(gate.judgement.connection);
    assert.notEqual(state(), undefined);
    assert.deepEqual(sweep(600_000), []);
    assert.equal(state(), undefined);
  });

  it('of an earlier process do not move one that runs, are not too long, and may be over', () => {
    const { table, open } = setUp();
    open(limit, 3, 0);
    assert.equal(restoreBlock(table, { ...blockSetting, until: 5000 }, 1), 'restored');
    assert.equal(blocksOf(table, 1)[0]?.until, 600_000);
    const year = { ...blockSetting, source: '192.0.2.1', until: 365 * 86_400_000 };
    assert.equal(restoreBlock(table, year, 1), 'restored');
    assert.equal(blocksOf(table, 1).find(({ source }) => source === '192.0.2.1')?.until, 86_400_001);
    assert.equal(restoreBlock(table, { ...blockSetting, source: '192.0.2.2', until: 1 }, 1), 'ended');
    assert.equal(blocksOf(table, 1).length, 2);
  });

  it('of an earlier process may find no room, and give their room away when they are over', () => {
    const table = createSourcesTable(1024);
    const gate = new Gate(table, [createLedger(4)], 1);
    const blockOf = (index: number): Block => ({
      ...blockSetting,
      source: `10.0.${index >> 8}.${index & 255}`,
    });
    for (let index = 0; index < 1024; index++) {
      assert.equal(restoreBlock(table, blockOf(index), 0), 'restored');
    }
    assert.equal(restoreBlock(table, blockSetting, 0), 'full');
    gate.fullPolicy = 'closed';
    const attempts = Array.from({ length: 128 }, () => gate.admit(limit, client, 600_000));
    assert.ok(attempts.includes(ADMIT));
  });

  it('that an administrator orders need no rule, cut what is held, and take the place of one that runs', () => {
    for (const ordered of [limit, limitWith('alert'), limitWith('deny_no_log', { threshold: 0 })]) {
      const { table, gate } = setUp();
      const order = (text: string, seconds: number, now: number): string =>
        orderBlock(
          table,
          ordered,
          () => false,
          text,
          seconds,
          now,
          () => undefined,
        );
      assert.equal(gate.admit(ordered, client, 0), ADMIT);
      const held = gate.judgement.connection;
      assert.equal(order('203.0.113.7', 600, 1000), 'blocked');
      assert.ok(gate.blocked(held, ordered, 1000));
      assert.equal(gate.admit(ordered, client, 1000), REFUSE_REPORT);
      assert.deepEqual([gate.judgement.reason, gate.judgement.inBlock], ['by-hand', true]);
      assert.equal(gate.admit({ ...ordered, monitor: true }, client, 1000), ADMIT);
      gate.release(gate.judgement.connection);
      assert.equal(order('203.0.113.7/32', 10, 2000), 'blocked');
      assert.equal(blocksOf(table, 2000)[0]?.until, 12_000);
      assert.equal(gate.admit(ordered, client, 12_000), ADMIT);
    }
  });

  it('that an administrator orders are of a source as the policy counts it, and of no trusted one', () => {
    const { table } = setUp();
    const ordered: unknown[] = [];
    const order = (text: string): string =>
      orderBlock(
        table,
        limit,
        (address) => address[3] === 9,
        text,
        60,
        0,
        ({ source, prefix }) => ordered.push([source, prefix]),
      );
    assert.equal(order('2001:db8:0:7::1'), 'blocked');
    assert.equal(order('2001:db8:0:8::/64'), 'blocked');
    assert.deepEqual(ordered, [
      ['2001:db8:0:7::', 64],
      ['2001:db8:0:8::', 64],
    ]);
    assert.equal(order('2001:db8::/32'), 'other-prefix');
    assert.equal(order('203.0.113.0/24'), 'other-prefix');
    assert.equal(order('::9'), 'trusted');
    for (const text of ['', 'web', '203.0.113.7/33']) assert.equal(order(text), 'no-address', text);
    assert.equal(blocksOf(table, 0).length, 2);
  });

  it('wait for a shard that is busy', () => {
    const { table, open } = setUp();
    open(limit, 3, 0);
    const shared = new SourcesTable(table);
    assert.equal(shared.shards, 1);
    const lock = shared.shardAt(0) + LOCK;
    Atomics.store(shared.words, lock, 7);
    assert.equal(liftBlock(table, 1, '203.0.113.7', 1), 'busy');
    assert.equal(restoreBlock(table, blockSetting, 1), 'busy');
    assert.equal(atOnce(listBlocks(table, 1, () => undefined)), false);
    Atomics.store(shared.words, lock, 0);
    assert.equal(liftBlock(table, 1, '203.0.113.7', 1), 'lifted');
  });
});
