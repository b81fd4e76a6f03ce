import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { atOnce } from '../../src/time/time-slice.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { sweepEpisodes } from '../../src/verdict/upkeep/episodes.ts';
import type { EpisodeLine } from '../../src/verdict/upkeep/source-state.ts';
import { rounds } from '../campaign.ts';
import { Hammer } from './hammering.ts';
import { limitWith } from './setting.ts';
import type { WorkerOrder, WorkerReport } from './worker-messages.ts';

const limit = limitWith('alert_deny', { policy: 7, threshold: 30, blockPeriod: 1 });

const workers = 3;

type Contention = {
  readonly table: SharedArrayBuffer;
  readonly hammers: readonly Hammer[];
};

function contend(wanted: Partial<WorkerOrder>): Contention {
  const table = createSourcesTable(1024);
  const shared = new SharedArrayBuffer(8);
  const holds = wanted.holds ?? limit.threshold;
  const ledgers = Array.from({ length: workers }, () => createLedger(holds));
  const hammers = ledgers.map((_, index) => {
    return new Hammer({
      table,
      ledgers,
      owner: index + 1,
      limits: [limit],
      addresses: ['192.0.2.1'],
      holds,
      ending: 'run',
      shared,
      seed: index + 1,
      steps: rounds(25_000, 100_000),
      pauseEvery: 0,
      proxies: false,
      isSequential: false,
      ...wanted,
    });
  });
  return { table, hammers };
}

async function reportsOf(hammers: readonly Hammer[]): Promise<WorkerReport[]> {
  const reports: WorkerReport[] = [];
  for (const hammer of hammers) {
    const report = await hammer.report;
    assert.ok(report !== null, String(hammer.error?.stack));
    reports.push(report);
  }
  await Promise.all(hammers.map((hammer) => hammer.terminate()));
  return reports;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('threads that contend for one source', () => {
  it('never hold more than the threshold together', async () => {
    // Each tries to hold more than its part, so that the limit is what stops them.
    const { hammers } = contend({ holds: limit.threshold });
    const reports = await reportsOf(hammers);
    assert.ok(sum(reports.map((report) => report.refused)) > 0);
    for (const report of reports) assert.ok(report.mostHeld <= limit.threshold);
  });

  it('are never refused while they stay within the threshold together', async () => {
    const { hammers } = contend({ holds: limit.threshold / workers });
    for (const report of await reportsOf(hammers)) assert.equal(report.refused, 0);
  });

  it('are never refused while each opens a connection only when another is known to be over', async () => {
    const limits = [{ ...limit, threshold: workers - 1 }] as const;
    const { hammers } = contend({ limits, holds: 1, isSequential: true, steps: 2000 });
    const reports = await reportsOf(hammers);
    assert.ok(sum(reports.map((report) => report.admitted)) > 0);
    for (const report of reports) assert.equal(report.refused, 0);
  });

  for (const monitor of [false, true]) {
    it(`report every violation exactly once, ${monitor ? 'admitted' : 'refused'}`, async () => {
      const { table, hammers } = contend({
        limits: [{ ...limit, threshold: 3, monitor, action: 'block-period' }],
        addresses: ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
        steps: rounds(8000, 20_000),
        pauseEvery: 2000,
      });
      const lines: EpisodeLine[] = [];
      const keep = (line: EpisodeLine): unknown => lines.push(line);
      const now = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
      let isRunning = true;
      const reports = reportsOf(hammers).finally(() => {
        isRunning = false;
      });
      while (isRunning) {
        atOnce(sweepEpisodes(table, now(), 1, keep));
        await nextTurn();
      }
      const done = await reports;
      while (!atOnce(sweepEpisodes(table, now() + 10_000, 1, keep))) await nextTurn();

      const violations = sum(done.map((report) => report.violations));
      assert.ok(violations > 0);
      const ends = lines.filter(({ phase }) => phase === 'end');
      assert.equal(sum(done.map((report) => report.starts)), ends.length);
      assert.equal(ends.length + sum(lines.map((line) => line.count)), violations);
      assert.equal(sum(ends.map((end) => end.total)), violations);
      assert.equal(
        sum(done.map((report) => report.startsThatWouldRefuse)) + sum(lines.map((line) => line.wouldRefuse)),
        sum(done.map((report) => report.wouldRefuses)),
      );
    });
  }
});
