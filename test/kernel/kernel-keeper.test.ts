import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { monotonicNow } from '../../src/enforcer/engine/clock.ts';
import type { RaisedEvent } from '../../src/events/events.ts';
import { Answering } from '../../src/kernel/answering.ts';
import { KernelKeeper } from '../../src/kernel/kernel-keeper.ts';
import { KernelTable } from '../../src/kernel/kernel-table.ts';
import { type Nft, type NftFailure, nftProgram } from '../../src/kernel/nft.ts';
import type { Snapshot } from '../../src/policy/snapshot.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { restoreBlock } from '../../src/verdict/upkeep/blocks.ts';
import { policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';

function snapshot(kernelBlock: Snapshot['kernelBlock']): Snapshot {
  const rule = ruleOf({ threshold: 1, action: 'block-period' });
  return { ...snapshotOf(policyOf({ endpoints: [{ address: '192.0.2.1', port: 80 }], rule })), kernelBlock };
}

type Guarded = {
  readonly keeper: KernelKeeper;
  readonly calls: string[];
  readonly told: RaisedEvent['type'][];
  /** What becomes of the calls from now on. */
  answer: NftFailure | null | Promise<NftFailure | null>;
  block(hosts: number): void;
};

function guarded(context: TestContext, program?: Nft): Guarded {
  const sources = createSourcesTable(4096);
  const calls: string[] = [];
  const told: RaisedEvent['type'][] = [];
  const nft: Nft = async (commands) => {
    calls.push(commands);
    return commands.startsWith('list') && it.answer === null
      ? { kind: 'refused', reason: 'nft: No such file or directory' }
      : it.answer;
  };
  let isThere = false;
  const keeper = new KernelKeeper({
    sources,
    table: new KernelTable({
      name: 'levee_0',
      nft: program ?? nft,
      generation: () => null,
      now: monotonicNow,
    }),
    trace: {
      get isThere() {
        return isThere;
      },
      leave: () => (isThere = true),
      remove: () => (isThere = false),
    },
    now: monotonicNow,
    onEvent: ({ type }) => told.push(type),
    onUntold: () => undefined,
    answering: new Answering({
      read: () => null,
      mtus: () => [],
      onEvent: ({ type }) => told.push(type),
      onFlood: () => undefined,
    }),
    openConnections: async () => [],
  });
  context.after(() => keeper.pause());
  const it: Guarded = {
    keeper,
    calls,
    told,
    answer: null,
    block(hosts) {
      const now = monotonicNow();
      for (let host = 0; host < hosts; host++) {
        const source = `198.51.${host >> 8}.${host & 255}`;
        restoreBlock(
          sources,
          { policy: 1, source, prefix: 32, reason: 'connections', until: now + 60_000 },
          now,
        );
      }
    },
  };
  return it;
}

suite('the kernel keeper', () => {
  test('asks nothing of a kernel that is to do nothing', async (context) => {
    const it = guarded(context);
    assert.deepEqual(await it.keeper.apply(snapshot(null), 60_000), []);
    assert.deepEqual(it.calls, []);
    assert.equal(it.keeper.status().state, 'off');
  });

  test('without nft it says so once, and to each commit', async (context) => {
    const it = guarded(context, nftProgram('/nowhere/nft', new AbortController().signal));
    for (const _ of [1, 2, 3]) {
      const [shortfall] = await it.keeper.apply(snapshot('drop'), 60_000);
      assert.equal(shortfall?.type, 'kernel-not-blocking');
    }
    assert.deepEqual(it.told, ['kernel-not-blocking']);
    assert.deepEqual(
      { ...it.keeper.status(), table: '' },
      {
        state: 'failing',
        table: '',
        reason: "nft can't be run: spawn /nowhere/nft ENOENT",
        blocks: 0,
        refused: 0,
        restored: 0,
      },
    );
  });

  test('what others have changed is put right, and counted', async (context) => {
    const it = guarded(context);
    it.block(3);
    await it.keeper.apply(snapshot('drop'), 60_000);
    assert.deepEqual([it.told, it.keeper.status().restored], [['kernel-blocking'], 0]);
    // The table is gone.
    await it.keeper.readPackets();
    assert.deepEqual([it.told.at(-1), it.keeper.status().restored], ['kernel-table-restored', 3]);
  });

  test('what has failed is done as a whole once it can be', async (context) => {
    const it = guarded(context);
    it.block(3);
    it.answer = { kind: 'failed', reason: 'nft was ended by SIGKILL' };
    await it.keeper.apply(snapshot('drop'), 60_000);
    it.answer = null;
    assert.deepEqual(await it.keeper.apply(snapshot('drop'), 60_000), []);
    assert.deepEqual(it.told, ['kernel-not-blocking', 'kernel-blocking']);
    assert.equal(it.keeper.status().blocks, 3);
    assert.match(it.calls.at(-1) ?? '', /^add element inet levee_0 blocked1v4 \{ .*198\.51\.0\.2 timeout/);
  });

  test('many blocks go in batches of a thousand', async (context) => {
    const it = guarded(context);
    it.block(2500);
    await it.keeper.apply(snapshot('drop'), 60_000);
    const added = it.calls.filter((call) => call.startsWith('add element'));
    assert.deepEqual(
      added.map((call) => call.split(',').length),
      [1000, 1000, 500],
    );
  });

  test('who pauses amid many batches writes none of the others, and resumes with what stands', async (context) => {
    const it = guarded(context);
    await it.keeper.apply(snapshot('drop'), 60_000);
    const { promise, resolve } = Promise.withResolvers<null>();
    it.answer = promise;
    const added = (): number => it.calls.filter((call) => call.startsWith('add element')).length;
    it.block(2500);
    await until('the first batch is on its way', () => added() === 1);
    const paused = it.keeper.pause();
    it.answer = null;
    resolve(null);
    await paused;
    assert.equal(added(), 1);
    assert.ok(!it.told.includes('kernel-not-blocking'));
    it.keeper.resume();
    await until('all is there', () => it.keeper.status().blocks === 2500);
    assert.equal(added(), 4);
  });

  test('a block that is lifted while it is on its way does not stay', async (context) => {
    const it = guarded(context);
    await it.keeper.apply(snapshot('drop'), 60_000);
    const { promise, resolve } = Promise.withResolvers<null>();
    it.answer = promise;
    it.block(1);
    await until('the block is on its way', () => it.calls.at(-1)?.startsWith('add element') === true);
    it.answer = null;
    it.keeper.lifted([{ policy: 1, source: '198.51.0.0', prefix: 32 }]);
    resolve(null);
    await until(
      'it is taken out',
      () => it.calls.at(-1) === 'delete element inet levee_0 blocked1v4 { 198.51.0.0 }\n',
    );
    assert.equal(it.keeper.status().blocks, 0);
  });

  test('with kernel-block off the table goes, and with the end of Levee', async (context) => {
    const it = guarded(context);
    await it.keeper.apply(snapshot('drop'), 60_000);
    await it.keeper.apply(snapshot(null), 60_000);
    assert.equal(it.calls.at(-1), 'delete table inet levee_0\n');
    assert.equal(it.keeper.status().state, 'off');
    await it.keeper.apply(snapshot('drop'), 60_000);
    await it.keeper.pause();
    await it.keeper.remove();
    assert.equal(it.calls.at(-1), 'delete table inet levee_0\n');
  });
});
