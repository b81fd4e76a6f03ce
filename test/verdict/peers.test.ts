import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { ADMIT, REFUSE_REPORT, REFUSE_TABLE_FULL } from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { sweepEpisodes } from '../../src/verdict/upkeep/episodes.ts';
import { recoverWorker } from '../../src/verdict/upkeep/recovery.ts';
import type { EpisodeLine } from '../../src/verdict/upkeep/source-state.ts';
import { words } from './addresses.ts';
import { client, limitWith, listOf, minute, setUp } from './setting.ts';

// What other limiters get wrong, as far as the gate is concerned.
describe('where peers lose the count', () => {
  const limit = limitWith('alert_deny', { threshold: 5 });

  it('a reload keeps it: the same rule, another action, a list, a lower limit, none and again one', () => {
    const { gate, open } = setUp();
    open(limit, 5);
    const versions = [
      { ...limit },
      limitWith('block-period', { threshold: 5 }),
      { ...limit, ipList: listOf([]) },
      { ...limit, threshold: 3 },
    ];
    for (const version of versions) assert.equal(gate.admit(version, client, 0), REFUSE_REPORT);
    assert.equal(gate.admit({ ...limit, threshold: 0 }, client, 0), ADMIT);
    assert.equal(gate.admit({ ...limit, threshold: 6 }, client, 0), REFUSE_REPORT);
    assert.equal(gate.admit({ ...limit, threshold: 7 }, client, 0), ADMIT);
  });

  it('a worker that is killed takes its connections with it: as many are admitted at once', () => {
    const table = createSourcesTable(1024);
    const ledgers = [createLedger(16)];
    const killed = new Gate(table, ledgers, 1);
    for (let connection = 0; connection < 5; connection++) killed.admit(limit, client, 0);
    assert.ok(recoverWorker(table, ledgers, 1));
    const next = new Gate(table, ledgers, 1);
    for (let connection = 0; connection < 5; connection++) assert.equal(next.admit(limit, client, 0), ADMIT);
    assert.equal(next.admit(limit, client, 0), REFUSE_REPORT);
  });

  it('a table full of other sources changes nothing for one that it knows, and for a new one as it is set', () => {
    for (const setting of ['open', 'closed'] as const) {
      const table = createSourcesTable(1024);
      const gate = new Gate(table, [createLedger(2048)], 1);
      gate.fullPolicy = setting;
      for (let connection = 0; connection < 5; connection++) gate.admit(limit, client, 0);
      for (let source = 0; source < 1023; source++) {
        gate.admit(limit, words(`10.0.${source >> 8}.${source & 255}`), 0);
      }
      assert.equal(gate.admit(limit, client, 0), REFUSE_REPORT);
      const verdict = gate.admit(limit, words('192.0.2.1'), 0);
      assert.equal(verdict, setting === 'open' ? ADMIT : REFUSE_TABLE_FULL);
      // The setting of a new snapshot holds from its first connection on.
      gate.fullPolicy = setting === 'open' ? 'closed' : 'open';
      assert.notEqual(gate.admit(limit, words('192.0.2.1'), 0), verdict);
    }
  });

  it('a flood of a million refusals is a line in each interval, and their counts add up', () => {
    const { table, gate, open } = setUp();
    open(limit, 5);
    const lines: EpisodeLine[] = [];
    let starts = 0;
    for (let attempt = 0; attempt < 1_000_000; attempt++) {
      const now = attempt;
      if (gate.admit(limit, client, now) !== REFUSE_REPORT) assert.fail('admitted');
      if (gate.judgement.firstViolation) starts++;
      if (attempt % 1000 === 0) atOnce(sweepEpisodes(table, now, minute, (line) => lines.push(line)));
    }
    atOnce(sweepEpisodes(table, 1_000_000 + minute, minute, (line) => lines.push(line)));
    assert.equal(starts, 1);
    assert.equal(lines.length, 17, 'a thousand seconds, and the end');
    assert.equal(1 + lines.reduce((sum, { count }) => sum + count, 0), 1_000_000);
    assert.equal(lines.at(-1)?.total, 1_000_000);
    assert.equal(lines.at(-1)?.duration, 999_999);
  });
});
