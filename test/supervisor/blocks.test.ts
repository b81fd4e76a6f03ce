import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { monotonicNow } from '../../src/enforcer/engine/clock.ts';
import { collect } from '../../src/enforcer/engine/garbage.ts';
import type { RaisedEvent } from '../../src/events/events.ts';
import { BlockKeeper } from '../../src/supervisor/keepers/blocks.ts';
import type { BlockedSource, KeptBlock, KeptBlocks } from '../../src/system/kept-blocks.ts';
import { Pulse } from '../../src/time/pulse.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { type Block, liftBlock, listBlocks, restoreBlock } from '../../src/verdict/upkeep/blocks.ts';
import { until } from '../running/condition.ts';

const minute = 60_000;

/** What is on disk, in memory. */
class Disk implements KeptBlocks {
  readonly blocks = new Map<string, KeptBlock>();
  isFull = false;

  constructor(blocks: readonly KeptBlock[] = []) {
    for (const block of blocks) this.blocks.set(keyOf(block), block);
  }

  page(before: KeptBlock | null, most: number): readonly KeptBlock[] {
    const sorted = [...this.blocks.values()].sort((one, other) => other.until - one.until);
    const from = before === null ? 0 : sorted.findIndex((block) => keyOf(block) === keyOf(before)) + 1;
    return sorted.slice(from, from + most);
  }

  save(blocks: readonly KeptBlock[]): void {
    if (this.isFull) throw new Error('the disk is full');
    for (const block of blocks) this.blocks.set(keyOf(block), block);
  }

  remove(sources: readonly BlockedSource[]): void {
    if (this.isFull) throw new Error('the disk is full');
    for (const source of sources) this.blocks.delete(keyOf(source));
  }

  removeEnded(by: number, most: number): number {
    const ended = [...this.blocks.values()].filter(({ until }) => until <= by).slice(0, most);
    this.remove(ended);
    return ended.length;
  }
}

function keyOf({ policy, source, prefix }: BlockedSource): string {
  return `${policy} ${source}/${prefix}`;
}

function address(index: number): string {
  return `10.0.${index >> 8}.${index & 255}`;
}

/** On disk since this many milliseconds ago, until this many from now. */
function keptOf(index: number, since: number, until: number): KeptBlock {
  const now = Date.now();
  return {
    policy: 1,
    source: address(index),
    prefix: 32,
    reason: 'connections',
    since: now - since,
    until: now + until,
  };
}

type Kept = {
  readonly table: SharedArrayBuffer;
  readonly keeper: BlockKeeper;
  readonly events: RaisedEvent[];
  blocks(): readonly Block[];
};

function keep(context: TestContext, disk: Disk, sources = 1024): Kept {
  const table = createSourcesTable(sources);
  const events: RaisedEvent[] = [];
  const keeper = new BlockKeeper(table, disk, (event) => events.push(event));
  context.after(() => keeper.stop());
  return {
    table,
    keeper,
    events,
    blocks: () => {
      const blocks: Block[] = [];
      assert.ok(atOnce(listBlocks(table, monotonicNow(), (block) => blocks.push(block))));
      return blocks;
    },
  };
}

function leftOf({ until }: Block): number {
  return until - monotonicNow();
}

test('a block lasts no longer than it did when it was stored, where the wall clock was set back since', async (context) => {
  const year = 365 * 24 * 60 * minute;
  // It was stored a year from now, for ten minutes.
  const disk = new Disk([keptOf(1, -year, year + 10 * minute), keptOf(2, minute, 9 * minute)]);
  const { keeper, blocks } = keep(context, disk);
  await keeper.restore();
  const [one, other] = blocks().toSorted((first, second) => leftOf(second) - leftOf(first));
  assert.ok(one !== undefined && other !== undefined);
  assert.ok(leftOf(one) > 9 * minute && leftOf(one) <= 10 * minute, String(leftOf(one)));
  assert.ok(leftOf(other) > 8 * minute && leftOf(other) <= 9 * minute, String(leftOf(other)));
  await keeper.stop();
  // Its end on disk is by the clock as it is now.
  const [stored] = disk.page(null, 1);
  assert.ok(stored !== undefined && stored.until - Date.now() <= 10 * minute);
});

test('a table that is too small keeps the blocks that last longest, and one event counts the others', async (context) => {
  const most = 1024;
  const disk = new Disk(Array.from({ length: 3000 }, (_, index) => keptOf(index, 0, minute + index)));
  const { keeper, blocks, events } = keep(context, disk, most);
  await keeper.restore();
  assert.deepEqual(events, [{ type: 'blocks-not-restored', blocks: 3000 - most, capacity: most }]);
  const restored = new Set(blocks().map(({ source }) => source));
  assert.deepEqual(
    restored,
    new Set(Array.from({ length: most }, (_, index) => address(3000 - most + index))),
  );
  await keeper.stop();
  assert.deepEqual(new Set([...disk.blocks.values()].map(({ source }) => source)), restored);
});

test('what starts is written, what is lifted is removed, and what was written is not written again', async (context) => {
  const disk = new Disk();
  const { table, keeper } = keep(context, disk);
  await keeper.restore();
  const now = monotonicNow();
  for (const [index, reason] of (['connections', 'script'] as const).entries()) {
    const block = { policy: 1, source: address(index), prefix: 32, reason, until: now + minute };
    assert.equal(restoreBlock(table, block, now), 'restored');
  }
  await keeper.stop();
  const stored = [...disk.blocks.values()].map(({ source, reason }) => [source, reason]);
  assert.deepEqual(stored, [
    [address(0), 'connections'],
    [address(1), 'script'],
  ]);
  disk.blocks.clear();
  await keeper.stop();
  assert.equal(disk.blocks.size, 0);

  disk.save([keptOf(1, 0, minute)]);
  const lifted: BlockedSource[] = [];
  assert.equal(
    liftBlock(table, 1, address(1), monotonicNow(), (source) => lifted.push(source)),
    'lifted',
  );
  keeper.forget(lifted);
  assert.equal(disk.blocks.size, 0);
});

test('where the disk can be written again, what could not be written or removed is', async (context) => {
  const disk = new Disk([keptOf(1, 0, minute)]);
  const { table, keeper, events } = keep(context, disk);
  await keeper.restore();
  disk.isFull = true;
  const now = monotonicNow();
  restoreBlock(table, { ...keptOf(2, 0, 0), reason: 'connections', until: now + minute }, now);
  liftBlock(table, 1, address(1), now, (source) => keeper.forget([source]));
  await keeper.stop();
  await keeper.stop();
  assert.deepEqual(events, [{ type: 'blocks-not-kept', reason: 'the disk is full' }]);
  disk.isFull = false;
  await keeper.stop();
  assert.deepEqual([...disk.blocks.keys()], [`1 ${address(2)}/32`]);
});

/** Begins a block in the table, as a worker would. */
function begin(table: SharedArrayBuffer, index: number): void {
  const now = monotonicNow();
  const block = {
    policy: 1,
    source: address(index),
    prefix: 32,
    reason: 'connections',
    until: now + minute,
  } as const;
  assert.equal(restoreBlock(table, block, now), 'restored');
}

test('a block is written once it begins, not when all is looked at again', async (context) => {
  const disk = new Disk();
  const { table, keeper } = keep(context, disk);
  await keeper.restore();
  let looks = 0;
  // It is called in the same moment as the keeper, which looks at all once a second.
  const pulse = new Pulse(1000, () => looks++);
  context.after(() => pulse.stop());
  const looksMeanwhile: number[] = [];
  for (let index = 0; index < 5 && !looksMeanwhile.includes(0); index++) {
    const before = looks;
    begin(table, index);
    await until('it is written', () => disk.blocks.size === index + 1);
    looksMeanwhile.push(looks - before);
  }
  // One of them may be written in a moment in which all is looked at; not five.
  assert.ok(looksMeanwhile.includes(0), looksMeanwhile.join());
});

test('one that has stopped writes nothing; when it resumes, what has begun meanwhile and what begins then', async (context) => {
  const disk = new Disk();
  const { table, keeper } = keep(context, disk);
  await keeper.restore();
  begin(table, 1);
  await keeper.stop();
  assert.equal(disk.blocks.size, 1);
  for (let round = 1; round <= 3; round++) {
    begin(table, 100 + round);
    assert.ok(!disk.blocks.has(`1 ${address(100 + round)}/32`));
    await keeper.resume();
    await until('what has begun meanwhile is written', () => disk.blocks.size === round * 2);
    begin(table, 200 + round);
    await until('what begins is written', () => disk.blocks.size === round * 2 + 1);
    await keeper.stop();
  }
});

test('what could not be written or removed is as soon as the disk takes it, though nothing else begins', async (context) => {
  const disk = new Disk([keptOf(1, 0, minute)]);
  const { table, keeper, events } = keep(context, disk);
  await keeper.restore();
  disk.isFull = true;
  begin(table, 2);
  await until('it is told', () => events.length > 0);
  liftBlock(table, 1, address(1), monotonicNow(), (source) => keeper.forget([source]));
  disk.isFull = false;
  await until('both are done', () => [...disk.blocks.keys()].join() === `1 ${address(2)}/32`);
  assert.equal(events.length, 1);
});

test('what is on disk follows a clock that is set, though nothing begins', async (context) => {
  const disk = new Disk();
  const { table, keeper } = keep(context, disk);
  await keeper.restore();
  begin(table, 1);
  const left = (): number | undefined => disk.page(null, 1).map(({ until }) => until - Date.now())[0];
  await until('it is written', () => left() !== undefined);
  const now = Date.now;
  context.mock.method(Date, 'now', () => now() + 60 * minute);
  await until('its end is by the new clock', () => Math.abs((left() ?? 0) - minute) < minute / 2);
  context.mock.reset();
  await until('its end is by the old clock', () => Math.abs((left() ?? 0) - minute) < minute / 2);
});

/** A table of a keeper that has waited for blocks, and stopped. */
async function tableOfStopped(): Promise<WeakRef<SharedArrayBuffer>> {
  const table = createSourcesTable(1024);
  const disk = new Disk();
  const keeper = new BlockKeeper(table, disk, () => assert.fail('there is nothing to tell'));
  await keeper.restore();
  begin(table, 1);
  await until('it is written', () => disk.blocks.size === 1);
  await setImmediate();
  await keeper.stop();
  return new WeakRef(table);
}

test('one that has stopped waits for no block any more: its table is freed', async () => {
  const table = await tableOfStopped();
  await until('it is freed', () => {
    collect();
    return table.deref() === undefined;
  });
});
