import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TRUSTED } from '../../src/policy/snapshot.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { ADMIT, REFUSE_REPORT } from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { type Block, listBlocks, restoreBlock } from '../../src/verdict/upkeep/blocks.ts';
import { words } from './addresses.ts';
import { client, limitWith, listOf, setUp } from './setting.ts';

const limit = limitWith('alert', { threshold: 0, scripted: true });
const otherAddress = words('203.0.113.8');

function blocksOf(table: SharedArrayBuffer, now: number): Block[] {
  const blocks: Block[] = [];
  assert.ok(atOnce(listBlocks(table, now, (block) => blocks.push(block))));
  return blocks;
}

describe('what a worker asks of a source', () => {
  it('is how much it holds, in all workers and under its prefix', () => {
    const { gate, secondGate, open } = setUp();
    const other = secondGate();
    open(limit, 3);
    other.admit(limit, client, 0);
    for (const one of [gate, other]) assert.equal(one.sources.countOf(limit, client), 4);
    assert.equal(gate.sources.countOf(limit, otherAddress), 0);
    assert.equal(gate.sources.countOf({ ...limit, policy: 2 }, client), 0);
    other.release(other.judgement.connection);
    assert.equal(gate.sources.countOf(limit, client), 3);
    const wide = { ...limit, policy: 3, prefixV4: 24 };
    gate.admit(wide, client, 0);
    assert.equal(gate.sources.countOf(wide, otherAddress), 1);
  });
});

describe('a block that a script asks for', () => {
  it('closes what the source holds and refuses what is new, until its end', () => {
    const { table, gate, open, state, sweep } = setUp();
    const [connection = -1] = open(limit, 1, 1000);
    const before = gate.blocksStarted();
    assert.ok(gate.sources.block(limit, client, 60, 1000));
    assert.notEqual(gate.blocksStarted(), before);
    assert.ok(gate.blocked(connection, limit, 1001));
    assert.deepEqual(blocksOf(table, 1001), [
      {
        policy: 1,
        source: '203.0.113.7',
        prefix: 32,
        refused: 0,
        isDirect: false,
        reason: 'script',
        until: 61_000,
      },
    ]);
    assert.equal(gate.admit(limit, client, 2000), REFUSE_REPORT);
    assert.equal(gate.judgement.reason, 'script');
    assert.ok(gate.judgement.firstViolation);
    assert.equal(gate.admit(limit, otherAddress, 2000), ADMIT);
    for (const held of [connection, gate.judgement.connection]) gate.release(held);
    assert.deepEqual([state(2000)?.refused, state(2000)?.reason], [1, 'script']);
    assert.equal(gate.admit(limit, client, 61_000), ADMIT);
    gate.release(gate.judgement.connection);
    assert.deepEqual(
      sweep(61_000).map(({ phase, reason, total }) => [phase, reason, total]),
      [['end', 'script', 1]],
    );
    assert.equal(state(61_000), undefined);
  });

  it('is of a source that holds nothing, and leaves nothing', () => {
    const { table, gate, state, sweep } = setUp();
    assert.ok(gate.sources.block(limit, otherAddress, 1, 0));
    assert.equal(blocksOf(table, 500).length, 1);
    assert.deepEqual(sweep(1000), []);
    assert.equal(state(), undefined);
  });

  it('gets another end when it is asked for again', () => {
    const { table, gate } = setUp();
    gate.sources.block(limit, client, 60, 0);
    gate.sources.block(limit, client, 5, 1000);
    assert.deepEqual(
      blocksOf(table, 1000).map(({ until }) => until),
      [6000],
    );
  });

  it('is none in monitor-mode, of a trusted source, and for want of room', () => {
    const { table, gate } = setUp();
    const ipList = listOf([{ text: '203.0.113.7', marks: TRUSTED }]);
    assert.ok(!gate.sources.block({ ...limit, monitor: true }, client, 60, 0));
    assert.ok(!gate.sources.block({ ...limit, ipList }, client, 60, 0));
    assert.deepEqual(blocksOf(table, 0), []);
    const full = new Gate(createSourcesTable(1024), [createLedger(2000)], 1);
    for (let host = 0; host < 1024; host++) full.admit(limit, words(`10.0.${host >> 8}.${host & 255}`), 0);
    assert.ok(!full.sources.block(limit, client, 60, 0));
  });

  it('is enforced for as long as the policy has scripts, also after a restart', () => {
    const { table, gate } = setUp();
    const block: Block = { policy: 1, source: '203.0.113.7', prefix: 32, reason: 'script', until: 60_000 };
    assert.equal(restoreBlock(table, block, 0), 'restored');
    assert.equal(gate.admit(limit, client, 0), REFUSE_REPORT);
    assert.equal(gate.admit({ ...limit, scripted: false }, client, 0), ADMIT);
    assert.equal(gate.admit({ ...limit, monitor: true }, client, 0), ADMIT);
  });
});
