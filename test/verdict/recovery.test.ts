import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { read } from '../../src/memory/words.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import type { Limit } from '../../src/verdict/judge/limit.ts';
import * as entry from '../../src/verdict/table/ledger.ts';
import { createLedger, Ledger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable, LOCK, SourcesTable } from '../../src/verdict/table/table.ts';
import { clearPolicy, sweepEpisodes } from '../../src/verdict/upkeep/episodes.ts';
import { changeKeys, keysEpoch } from '../../src/verdict/upkeep/keys.ts';
import { recoverWorker } from '../../src/verdict/upkeep/recovery.ts';
import { listSources, tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { rounds } from '../campaign.ts';
import { bitsOf, words } from './addresses.ts';
import { cutShort } from './cut-short.ts';
import { Hammer } from './hammering.ts';
import { keyOf } from './reference-model.ts';
import { limitWith, openOf } from './setting.ts';
import type { Ending } from './worker-messages.ts';

const limit = limitWith('block-period', {
  policy: 7,
  threshold: 4,
  silentThreshold: 2,
  blockPeriod: 1,
  monitor: true,
});
const wider: Limit = { ...limit, prefixV4: 24 };
const addresses = Array.from({ length: 60 }, (_, index) => `10.0.${index % 12}.${index}`);
const workers = 3;
const holds = 40;
const far = 1e9;

type Counts = { readonly open: number; readonly silent: number };

/** Counts by source, as the ledgers' full addresses say it: nothing of the table is used. */
function countsOfLedgers(ledgers: readonly SharedArrayBuffer[]): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const buffer of ledgers) {
    const ledger = new Ledger(buffer);
    for (let connection = 0; connection < ledger.touched(); connection++) {
      const at = entry.entryAt(connection);
      const flags = read(ledger.words, at + entry.FLAGS);
      if (flags === 0) continue;
      const address = new Uint32Array(ledger.words.slice(at + entry.ADDRESS, at + entry.ADDRESS + 4));
      const policy = read(ledger.words, at + entry.POLICY);
      const key = keyOf(policy, bitsOf(address), limit.prefixV4, limit.prefixV6);
      const { open, silent } = counts.get(key) ?? { open: 0, silent: 0 };
      counts.set(key, { open: open + 1, silent: silent + ((flags & entry.SILENT) === 0 ? 0 : 1) });
    }
  }
  return counts;
}

function countsOfTable(table: SharedArrayBuffer): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  assert.ok(
    atOnce(
      listSources(table, 0, (source) => {
        const { open, silent, shadow, shadowSilent } = source;
        assert.ok(0 <= shadow && shadow <= open);
        assert.ok(0 <= shadowSilent && shadowSilent <= silent && silent <= open && shadowSilent <= shadow);
        const key = keyOf(source.policy, bitsOf(words(source.source)), source.prefix, source.prefix);
        if (open > 0) counts.set(key, { open, silent });
      }),
    ),
  );
  return counts;
}

class Fleet {
  readonly table: SharedArrayBuffer;
  readonly ledgers = Array.from({ length: workers }, () => createLedger(holds));
  readonly shared = new SharedArrayBuffer(4 * (2 + workers));
  readonly hammers: Hammer[] = [];
  deaths = 0;
  underLock = 0;
  changes = 0;

  constructor(capacity: number) {
    this.table = createSourcesTable(capacity);
  }

  start(index: number, ending: Ending): Hammer {
    const hammer = new Hammer({
      table: this.table,
      ledgers: this.ledgers,
      owner: index + 1,
      limits: [limit, wider],
      addresses: addresses,
      holds: holds,
      ending,
      shared: this.shared,
      seed: this.deaths * workers + index + 1,
      steps: 0,
      pauseEvery: 0,
      proxies: true,
      isSequential: false,
    });
    this.hammers[index] = hammer;
    return hammer;
  }

  #locksOf(owner: number): number {
    const table = new SourcesTable(this.table);
    const shards = Array.from({ length: table.shards }, (_, shard) => table.shardAt(shard) + LOCK);
    return shards.filter((lock) => Atomics.load(table.words, lock) === owner).length;
  }

  async recover(index: number): Promise<void> {
    this.deaths++;
    this.underLock += this.#locksOf(index + 1);
    while (!recoverWorker(this.table, this.ledgers, index + 1)) await nextTurn();
    assert.equal(this.#locksOf(index + 1), 0);
    const ledger = this.ledgers[index];
    assert.ok(ledger);
    assert.equal(new Ledger(ledger).touched(), 0);
  }

  /** Tells sources apart by other prefixes, once all that run know what comes next. */
  async changeKeys(): Promise<void> {
    const words = new Int32Array(this.shared);
    const epoch = keysEpoch(this.table);
    for (let worker = 1; worker <= workers; worker++) {
      while (Atomics.load(words, 1 + worker) !== epoch) await nextTurn();
    }
    this.#changeKeysNow(epoch);
    this.changes++;
  }

  #changeKeysNow(epoch: number): void {
    const scope = epoch % 2 === 0 ? wider : limit;
    while (!changeKeys(this.table, this.ledgers, [scope], 0));
  }

  /** Stops all workers between two steps; they keep what they hold. */
  async park(): Promise<void> {
    Atomics.store(new Int32Array(this.shared), 0, 1);
    const reports = await Promise.all(this.hammers.map((hammer) => hammer.report));
    for (const [index, report] of reports.entries()) {
      assert.ok(report !== null, `worker ${index + 1} ended: ${this.hammers[index]?.error?.stack}`);
    }
  }

  /** The counts are what the ledgers say; with everyone gone the table is empty, and all of it is usable. */
  async verify(): Promise<void> {
    await this.park();
    if (keysEpoch(this.table) % 2 === 1) this.#changeKeysNow(keysEpoch(this.table));
    assert.deepEqual(countsOfTable(this.table), countsOfLedgers(this.ledgers));
    await Promise.all(this.hammers.map((hammer) => hammer.terminate()));
    for (const index of this.ledgers.keys()) await this.recover(index);
    assert.deepEqual(countsOfTable(this.table), new Map());
    assert.ok(atOnce(clearPolicy(this.table, limit.policy, far, () => undefined)));
    assert.equal(tableUsage(this.table).used, 0);

    const { capacity } = tableUsage(this.table);
    const gate = new Gate(this.table, [createLedger(capacity)], 1);
    const address = words('::');
    for (let source = 0; source < 1000; source++) {
      address[0] = source;
      gate.admit(limit, address, far);
      assert.ok(gate.judgement.counted);
    }
    assert.equal(tableUsage(this.table).used, 1000);
  }
}

describe('recovery of a worker that ended', () => {
  it('mends the counts whenever terminate() lands, while the others run on', async (test) => {
    for (const capacity of [1024, 65_536]) {
      const fleet = new Fleet(capacity);
      for (let index = 0; index < workers; index++) fleet.start(index, 'run');
      for (let round = 0; round < rounds(3, 16); round++) {
        const index = round % workers;
        const hammer = fleet.hammers[index];
        await hammer?.started;
        await pause(round % 7);
        await hammer?.terminate();
        await fleet.recover(index);
        fleet.start(index, 'run');
        if (round % 2 === 1) await fleet.changeKeys();
      }
      await Promise.all(fleet.hammers.map((hammer) => hammer.started));
      await fleet.verify();
      const { deaths, underLock, changes } = fleet;
      test.diagnostic(
        `${capacity} sources: ${deaths} deaths, ${underLock} of them under a lock, ${changes} changes`,
      );
    }
  });

  it('mends the counts when several end at once', async (test) => {
    const fleet = new Fleet(8192);
    for (let round = 0; round < rounds(3, 6); round++) {
      const hammers = [0, 1, 2].map((index) => fleet.start(index, 'run'));
      await Promise.all(hammers.map((hammer) => hammer.started));
      await pause(round % 5);
      await Promise.all([0, 1].map((index) => hammers[index]?.terminate()));
      // Both are dead; the second is not recovered while the first one is.
      await Promise.all([fleet.recover(0), fleet.recover(1)]);
      await hammers[2]?.terminate();
      await fleet.recover(2);
      assert.deepEqual(countsOfTable(fleet.table), new Map());
    }
    for (let index = 0; index < workers; index++) fleet.start(index, 'run');
    await fleet.verify();
    test.diagnostic(`${fleet.deaths} deaths, ${fleet.underLock} of them under a lock`);
  });

  for (const ending of ['throw', 'exhaust-heap'] as const) {
    it(`mends the counts after workers that end by ${ending}`, async () => {
      const fleet = new Fleet(1024);
      for (let index = 1; index < workers; index++) fleet.start(index, 'run');
      for (let round = 0; round < rounds(2, 4); round++) {
        const hammer = fleet.start(0, ending);
        await hammer.exited;
        assert.match(String(hammer.error), ending === 'throw' ? /on purpose/ : /memory/);
        await fleet.recover(0);
      }
      fleet.start(0, 'run');
      await fleet.verify();
    });
  }

  it('waits for a shard whose lock another dead worker holds, and goes on when that one is recovered', () => {
    const table = createSourcesTable(1024);
    const ledgers = [createLedger(8), createLedger(8), createLedger(8)] as const;
    const [first, second, third] = [1, 2, 3].map((owner) => new Gate(table, ledgers, owner));
    assert.ok(first && second && third);
    const address = words('192.0.2.1');
    for (const gate of [first, second, third]) gate.admit(limit, address, 0);
    cutShort(table, ledgers, 2, 12_345);

    assert.equal(recoverWorker(table, ledgers, 1), false);
    assert.equal(
      atOnce(sweepEpisodes(table, 0, 1, () => undefined)),
      true,
      'nothing to sweep, so nothing to wait for',
    );
    assert.equal(atOnce(listSources(table, 0, () => undefined)), false);
    assert.equal(recoverWorker(table, ledgers, 2), true);
    assert.equal(recoverWorker(table, ledgers, 1), true);
    assert.equal(openOf(table, limit, address), 1);
    assert.throws(() => new Gate(table, ledgers, 3), /not empty/);
  });

  it('refuses to go on in a thread that left a shard locked', () => {
    const buffer = createSourcesTable(1024);
    const gate = new Gate(buffer, [createLedger(8)], 1);
    const table = new SourcesTable(buffer);
    Atomics.store(table.words, table.shardAt(0) + LOCK, 1);
    assert.throws(() => gate.admit(limit, words('192.0.2.1'), 0), /left locked/);
  });
});
