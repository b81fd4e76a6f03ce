import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BLACK } from '../../src/policy/snapshot.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { ADMIT, REFUSE_LEDGER_FULL, REFUSE_REPORT } from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { words } from './addresses.ts';
import { client, limitWith, listOf, openOf, setUp } from './setting.ts';

const proxy = words('192.0.2.254');

describe('a proxy whose header has not come', () => {
  it('is counted, and not limited', () => {
    const { table, gate, open } = setUp();
    const limit = limitWith('alert_deny', { threshold: 2 });
    for (let connection = 0; connection < 20; connection++) assert.equal(gate.hold(limit, proxy, 0), ADMIT);
    assert.equal(openOf(table, limit, proxy), 20);
    assert.equal(gate.judgement.open, 20);
    open(limit, 1, 0, proxy);
    assert.equal(gate.judgement.connection, -1, 'as a client it finds them counted');
  });

  it('is not cut by a block of its address', () => {
    const { gate, open } = setUp();
    const limit = limitWith('block-period', { threshold: 1 });
    gate.hold(limit, proxy, 0);
    const held = gate.judgement.connection;
    open(limit, 1, 0, proxy);
    assert.ok(gate.judgement.startedBlock);
    assert.equal(gate.blocked(held, limit, 1), false);
    assert.equal(gate.hold(limit, proxy, 1), ADMIT);
  });

  it('waits uncounted while the table is full, and finds the ledger full like anyone', () => {
    const table = createSourcesTable(1024);
    const limit = limitWith('alert_deny');
    const gate = new Gate(table, [createLedger(1025)], 1);
    for (let source = 0; source < 1024; source++)
      gate.hold(limit, words(`10.0.${source >> 8}.${source & 255}`), 0);
    gate.fullPolicy = 'closed';
    assert.equal(gate.hold(limit, proxy, 0), ADMIT);
    assert.equal(gate.judgement.counted, false);
    assert.equal(gate.hold(limit, proxy, 0), REFUSE_LEDGER_FULL);
  });
});

describe('a connection that a proxy announces', () => {
  const limit = limitWith('alert_deny', { threshold: 2 });

  it('is counted for the client, and no longer for the proxy', () => {
    const { table, gate } = setUp();
    for (let connection = 0; connection < 2; connection++) {
      gate.hold(limit, proxy, 0);
      const held = gate.judgement.connection;
      assert.equal(gate.identify(held, limit, client, 1), ADMIT);
      assert.equal(gate.judgement.connection, held, 'the same entry');
      assert.equal(gate.judgement.open, connection + 1);
    }
    assert.equal(openOf(table, limit, proxy), 0);
    assert.equal(openOf(table, limit, client), 2);
  });

  it('that is refused is no longer held', () => {
    const { table, gate, open } = setUp();
    open(limit, 2);
    gate.hold(limit, proxy, 0);
    const held = gate.judgement.connection;
    assert.equal(gate.identify(held, limit, client, 1), REFUSE_REPORT);
    assert.equal(gate.judgement.connection, -1);
    assert.equal(gate.judgement.firstViolation, true);
    assert.throws(() => gate.release(held), RangeError);
    assert.equal(openOf(table, limit, proxy), 0);
    gate.admit(limit, words('192.0.2.1'), 1);
    assert.equal(gate.judgement.connection, held, 'its entry is free');
  });

  it('is judged by what is announced, the IP list too', () => {
    const { gate } = setUp();
    const ipList = listOf([{ text: '203.0.113.7', marks: BLACK }]);
    gate.hold({ ...limit, ipList }, proxy, 0);
    assert.equal(gate.identify(gate.judgement.connection, { ...limit, ipList }, client, 0), REFUSE_REPORT);
    assert.equal(gate.judgement.reason, 'black-ip');
  });

  it('may be announced as the proxy itself', () => {
    const { table, gate } = setUp();
    const verdicts = [0, 1, 2].map(() => {
      gate.hold(limit, proxy, 0);
      return gate.identify(gate.judgement.connection, limit, proxy, 0);
    });
    assert.deepEqual(verdicts, [ADMIT, ADMIT, REFUSE_REPORT]);
    assert.equal(openOf(table, limit, proxy), 2);
  });

  it('is cut by a block from then on, and keeps its mark through a change of prefix', () => {
    const { gate, rekey, open, states } = setUp();
    const blocking = limitWith('block-period', { threshold: 1 });
    gate.hold(blocking, proxy, 0);
    const held = gate.judgement.connection;
    gate.fellSilent(held);
    const wider = { ...blocking, prefixV4: 24 };
    rekey(wider);
    assert.equal(states().find(({ prefix }) => prefix === 24)?.silent, 1);
    assert.equal(gate.identify(held, wider, client, 0), ADMIT);
    assert.equal(gate.judgement.silent, 0, 'the client has just been heard of');
    open(wider, 1);
    assert.ok(gate.blocked(held, wider, 1));
  });

  it('gives back everything when it is released', () => {
    const { table, gate } = setUp();
    gate.hold(limit, proxy, 0);
    const held = gate.judgement.connection;
    gate.identify(held, limit, client, 0);
    gate.fellSilent(held);
    gate.release(held);
    assert.equal(tableUsage(table).used, 0);
  });
});
