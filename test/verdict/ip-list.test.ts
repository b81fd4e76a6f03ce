import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALLOWED, BLACK, TRUSTED } from '../../src/policy/snapshot.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import type { IpListLimit } from '../../src/verdict/judge/limit.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
  REFUSE_UNREPORTED,
  type Verdict,
} from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { words } from './addresses.ts';
import { limitWith, listOf, setUp } from './setting.ts';

const bad = words('203.0.113.66');
const friendAddress = words('198.51.100.1');
const other = words('192.0.2.1');
const entries = [
  { text: '203.0.113.64/28', marks: BLACK },
  { text: '198.51.100.0/24', marks: TRUSTED },
];

describe('an address of a black list', () => {
  const cases: readonly [IpListLimit['action'], boolean, Verdict][] = [
    ['alert_deny', false, REFUSE_REPORT],
    ['deny_no_log', false, REFUSE_UNREPORTED],
    ['block-period', false, REFUSE_REPORT],
    ['alert_deny', true, ADMIT_REPORT],
    ['deny_no_log', true, ADMIT_REPORT],
    ['block-period', true, ADMIT_REPORT],
  ];
  for (const [action, monitor, verdict] of cases) {
    it(`has the action of the list: ${action}${monitor ? ' under monitor-mode' : ''}`, () => {
      const { gate, sweep } = setUp();
      const limit = limitWith('alert', { monitor, ipList: listOf(entries, { action }) });
      const isReported = verdict !== REFUSE_UNREPORTED;
      for (const attempt of [1, 2, 3]) {
        assert.equal(gate.admit(limit, bad, 0), verdict);
        assert.equal(gate.judgement.wouldRefuse, true);
        assert.equal(gate.judgement.firstViolation, isReported && attempt === 1);
        assert.equal(gate.judgement.startedBlock, action === 'block-period' && !monitor && attempt === 1);
        if (isReported) assert.equal(gate.judgement.reason, 'black-ip');
      }
      const [line] = sweep(600_000);
      assert.equal(line?.total, isReported ? 3 : undefined);
      assert.equal(line?.reason, isReported ? 'black-ip' : undefined);
      assert.equal(gate.admit(limit, other, 0), ADMIT);
    });
  }

  it('is refused without a rule, and nothing is kept of it when nobody is to know', () => {
    const { gate, state } = setUp();
    const limit = limitWith('alert', { threshold: 0, ipList: listOf(entries, { action: 'deny_no_log' }) });
    for (let attempt = 0; attempt < 100; attempt++) gate.admit(limit, bad, 0);
    assert.equal(state(), undefined);
  });

  it('is refused and blocked for the time of the list, whatever the rule does', () => {
    const { gate } = setUp();
    const ipList = listOf([{ text: '203.0.113.66', marks: BLACK }], {
      action: 'block-period',
      blockPeriod: 60,
    });
    const limit = limitWith('alert', { ipList, prefixV4: 24 });
    assert.equal(gate.admit(limit, words('203.0.113.1'), 0), ADMIT);
    const neighbour = gate.judgement.connection;
    assert.equal(gate.blocked(neighbour, limit, 0), false);
    assert.equal(gate.admit(limit, bad, 0), REFUSE_REPORT);
    assert.ok(gate.blocked(neighbour, limit, 59_999), 'one source, one block');
    assert.equal(gate.admit(limit, words('203.0.113.2'), 59_999), REFUSE_REPORT);
    assert.equal(gate.judgement.reason, 'black-ip');
    assert.equal(gate.admit(limit, words('203.0.113.2'), 60_000), ADMIT);
    assert.equal(gate.admit({ ...limit, ipList: null }, words('203.0.113.2'), 1), ADMIT, 'without the list');
  });

  it('is not looked up by its network', () => {
    const { gate } = setUp();
    const limit = limitWith('alert_deny', { ipList: listOf(entries), prefixV4: 24 });
    assert.equal(gate.admit(limit, words('203.0.113.63'), 0), ADMIT);
    assert.equal(gate.admit(limit, words('::ffff:203.0.113.64'), 0), REFUSE_REPORT);
  });

  it('comes before trust', () => {
    const { gate } = setUp();
    const ipList = listOf([...entries, { text: '203.0.113.66', marks: TRUSTED }]);
    assert.equal(gate.admit(limitWith('alert_deny', { ipList }), bad, 0), REFUSE_REPORT);
  });

  it('that there is no room for is refused without a violation', () => {
    const table = createSourcesTable(1024);
    const gate = new Gate(table, [createLedger(2000)], 1);
    const limit = limitWith('alert_deny', { ipList: listOf(entries) });
    for (let source = 0; source < 1024; source++) {
      gate.admit(limit, words(`2001:db8:0:${source.toString(16)}::`), 0);
    }
    assert.equal(gate.admit(limit, bad, 0), REFUSE_TABLE_FULL);
    assert.equal(gate.judgement.firstViolation, false);
    assert.equal(tableUsage(table).fullRefused, 1);
    assert.equal(gate.admit({ ...limit, monitor: true }, bad, 0), ADMIT, 'the setting is open');
  });
});

describe('a trusted address', () => {
  it('is let in whatever it holds, and counted', () => {
    const { gate, open, state } = setUp();
    const limit = limitWith('alert_deny', { threshold: 3, ipList: listOf(entries) });
    open(limit, 50, 0, friendAddress);
    assert.equal(gate.judgement.open, 50);
    assert.equal(gate.judgement.firstViolation, false);
    assert.equal(gate.judgement.wouldRefuse, false);
    assert.equal(state()?.open, 50);
    assert.equal(state()?.shadow, 50);
    assert.equal(state()?.episode, null);
  });

  it('takes places of its source from those who are not trusted', () => {
    const { gate, open } = setUp();
    const limit = limitWith('alert_deny', { threshold: 3, prefixV4: 16, ipList: listOf(entries) });
    open(limit, 3, 0, friendAddress);
    assert.equal(gate.admit(limit, words('198.51.101.1'), 0), REFUSE_REPORT);
    assert.equal(gate.admit(limit, friendAddress, 0), ADMIT);
  });

  it('is neither shut out nor cut by the block of its source', () => {
    const { gate, open } = setUp();
    const limit = limitWith('block-period', { threshold: 3, prefixV4: 16, ipList: listOf(entries) });
    gate.admit(limit, friendAddress, 0);
    const friend = gate.judgement.connection;
    const [stranger = -1] = open(limit, 3, 0, words('198.51.101.1'));
    assert.ok(gate.judgement.startedBlock);
    assert.equal(gate.blocked(stranger, limit, 1), true);
    assert.equal(gate.blocked(friend, limit, 1), false);
    assert.equal(gate.admit(limit, friendAddress, 1), ADMIT);
    assert.equal(gate.blocked(friend, { ...limit, ipList: null }, 1), true, 'no longer on the list');
  });
});

describe('an allow-only list', () => {
  const only = (more: Partial<IpListLimit> = {}) =>
    listOf([...entries, { text: '192.0.2.0/24', marks: ALLOWED }], { allowOnly: true, ...more });

  it('lets nobody else in but trusted addresses, and limits whom it lets in', () => {
    const { gate } = setUp();
    const limit = limitWith('alert_deny', { threshold: 1, ipList: only() });
    assert.equal(gate.admit(limit, other, 0), ADMIT);
    assert.equal(gate.admit(limit, other, 0), REFUSE_REPORT);
    assert.equal(gate.judgement.reason, 'connections');
    assert.equal(gate.admit(limit, friendAddress, 0), ADMIT);
    assert.equal(gate.admit(limit, words('2001:db8::1'), 0), REFUSE_REPORT);
    assert.equal(gate.judgement.reason, 'allow-only');
  });

  it('does not block whom it lets in for a neighbour whom it does not', () => {
    const { gate } = setUp();
    const limit = limitWith('alert_deny', { prefixV4: 16, ipList: only({ action: 'block-period' }) });
    gate.admit(limit, other, 0);
    const held = gate.judgement.connection;
    assert.equal(gate.admit(limit, words('192.0.3.1'), 0), REFUSE_REPORT);
    assert.ok(gate.judgement.startedBlock);
    assert.equal(gate.blocked(held, limit, 1), false);
    assert.equal(gate.admit(limit, other, 1), ADMIT);
  });
});
