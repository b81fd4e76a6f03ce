import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress } from '../../src/net/address.ts';
import { TRUSTED } from '../../src/policy/snapshot.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import {
  ADMIT,
  REFUSE_LEDGER_FULL,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
} from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import {
  BLOCKED,
  BLOCKED_UNTIL,
  createSourcesTable,
  FLAGS,
  IN_USE,
  SourcesTable,
} from '../../src/verdict/table/table.ts';
import { sweepEpisodes } from '../../src/verdict/upkeep/episodes.ts';
import { changeKeys } from '../../src/verdict/upkeep/keys.ts';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { words } from './addresses.ts';
import { limitWith, listOf, openOf } from './setting.ts';

const limitOne = limitWith('block-period', { threshold: 1, blockPeriod: 1 });

/** As many as a table has by default. */
const manySources = 262_144;

function client(index: number): Uint32Array {
  const address = words('10.0.0.0');
  address[3] = 0x0a000000 + index;
  return address;
}

function fillWith(gate: Gate, sources: number): void {
  for (let index = 0; index < sources; index++) {
    assert.equal(gate.admit(limitOne, client(index), 0), ADMIT);
    assert.ok(gate.judgement.counted);
  }
}

describe('the size of a table', () => {
  it('is what was asked for, over all shards', () => {
    const table = createSourcesTable(manySources);
    fillWith(new Gate(table, [createLedger(manySources)], 1), manySources);
    assert.equal(tableUsage(table).used, manySources);
  });

  it('comes back when the sources are gone', () => {
    const table = createSourcesTable(1024);
    const gate = new Gate(table, [createLedger(1024)], 1);
    for (let round = 0; round < 3; round++) {
      fillWith(gate, 1024);
      for (let connection = 0; connection < 1024; connection++) gate.release(connection);
      assert.equal(tableUsage(table).used, 0);
    }
  });

  it('has bounds', () => {
    for (const capacity of [0, 1023, 1024.5, 2 ** 24 + 1, Number.NaN]) {
      assert.throws(() => createSourcesTable(capacity), RangeError);
    }
  });
});

describe('a full table', () => {
  const full = () => {
    const table = createSourcesTable(1024);
    const ledgers = [createLedger(2048)];
    const gate = new Gate(table, ledgers, 1);
    fillWith(gate, 1024);
    return { table, ledgers, gate };
  };

  it('admits new sources uncounted when it is open, and says how many', () => {
    const { table, gate } = full();
    for (let more = 0; more < 3; more++) {
      assert.equal(gate.admit(limitOne, client(5000), 0), ADMIT);
      assert.equal(gate.judgement.counted, false);
    }
    gate.release(gate.judgement.connection);
    assert.equal(tableUsage(table).fullAdmitted, 3);
    assert.equal(openOf(table, limitOne, client(5000)), 0);
  });

  it('refuses new sources when it is closed, and says how many', () => {
    const { table, gate } = full();
    gate.fullPolicy = 'closed';
    assert.equal(gate.admit(limitOne, client(5000), 0), REFUSE_TABLE_FULL);
    assert.equal(gate.judgement.connection, -1);
    assert.equal(tableUsage(table).fullRefused, 1);
  });

  it('lets in whom an IP list trusts, uncounted, also when it is closed', () => {
    const { table, gate } = full();
    gate.fullPolicy = 'closed';
    const ipList = listOf([{ text: formatAddress(client(5000)), marks: TRUSTED }]);
    assert.equal(gate.admit({ ...limitOne, ipList }, client(5000), 0), ADMIT);
    assert.equal(gate.judgement.counted, false);
    assert.equal(gate.admit({ ...limitOne, ipList }, client(5001), 0), REFUSE_TABLE_FULL);
    const { fullAdmitted, fullRefused } = tableUsage(table);
    assert.deepEqual([fullAdmitted, fullRefused], [1, 1]);
  });

  it('when it is closed judges what a proxy announces: known sources are let in', () => {
    const { table, gate } = full();
    gate.fullPolicy = 'closed';
    const limit = { ...limitOne, threshold: 2 };
    const announce = (source: Uint32Array): number => {
      assert.equal(gate.hold(limit, client(6000), 0), ADMIT);
      assert.equal(gate.judgement.counted, false);
      return gate.identify(gate.judgement.connection, limit, source, 0);
    };
    assert.equal(announce(client(3)), ADMIT);
    assert.equal(openOf(table, limit, client(3)), 2);
    assert.equal(announce(client(5000)), REFUSE_TABLE_FULL);
    const { fullAdmitted, fullRefused } = tableUsage(table);
    assert.deepEqual([fullAdmitted, fullRefused], [0, 1], 'who is not judged yet is neither');
  });

  it('goes on limiting the sources that it knows', () => {
    const { gate } = full();
    assert.equal(gate.admit(limitOne, client(3), 0), REFUSE_REPORT);
  });

  it('has room again when the sweep has ended blocks and episodes', () => {
    const { table, gate } = full();
    for (let index = 0; index < 1024; index++) {
      gate.admit(limitOne, client(index), 0);
      gate.release(index);
    }
    gate.fullPolicy = 'closed';
    assert.ok(atOnce(sweepEpisodes(table, 999, 60_000, () => undefined)));
    assert.equal(gate.admit(limitOne, client(5000), 999), REFUSE_TABLE_FULL);
    assert.ok(atOnce(sweepEpisodes(table, 1000, 60_000, () => undefined)));
    assert.equal(gate.admit(limitOne, client(5000), 1000), ADMIT);
  });

  it('evicts a source that only an ended block keeps', () => {
    const { table: buffer, gate } = full();
    gate.fullPolicy = 'closed';
    // A worker that died between starting a block and starting its episode.
    const table = new SourcesTable(buffer);
    const at = table.slotAt(table.firstSlot(0) + 7);
    table.words[table.coldAt(at) + BLOCKED_UNTIL] = 1000;
    table.words[at + FLAGS] = IN_USE | BLOCKED;
    gate.release(7);
    assert.equal(gate.admit(limitOne, client(5000), 999), REFUSE_TABLE_FULL);
    // A few slots are looked at each time; going round, one attempt finds it.
    const attempts = Array.from({ length: 128 }, () => gate.admit(limitOne, client(5000), 1000));
    assert.ok(attempts.includes(ADMIT));
  });

  it('counts what it had to leave uncounted once there is room and the prefixes change', () => {
    const { table, ledgers, gate } = full();
    gate.admit(limitOne, client(5000), 0);
    const uncounted = gate.judgement.connection;
    gate.release(0);
    assert.ok(changeKeys(table, ledgers, [limitOne], 0));
    assert.equal(openOf(table, limitOne, client(5000)), 1);
    gate.release(uncounted);
    assert.equal(openOf(table, limitOne, client(5000)), 0);
  });
});

describe('a full ledger', () => {
  it('refuses, and takes connections again when one is released', () => {
    const gate = new Gate(createSourcesTable(1024), [createLedger(2)], 1);
    const limit = { ...limitOne, threshold: 0 };
    gate.admit(limit, client(1), 0);
    gate.admit(limit, client(1), 0);
    assert.equal(gate.admit(limit, client(1), 0), REFUSE_LEDGER_FULL);
    assert.equal(gate.admit(limit, client(2), 0), REFUSE_LEDGER_FULL);
    gate.release(0);
    assert.equal(gate.admit(limit, client(2), 0), ADMIT);
    assert.equal(gate.judgement.connection, 0);
  });

  it('knows what it holds', () => {
    const gate = new Gate(createSourcesTable(1024), [createLedger(2)], 1);
    for (const connection of [-1, 0, 2, 1000]) assert.throws(() => gate.release(connection), RangeError);
    gate.admit(limitOne, client(1), 0);
    gate.release(0);
    assert.throws(() => gate.release(0), RangeError);
  });
});
