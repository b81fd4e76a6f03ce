import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action } from '../../src/policy/snapshot.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  REFUSE_REPORT,
  REFUSE_UNREPORTED,
  type Verdict,
} from '../../src/verdict/judge/verdict.ts';
import { recoverWorker } from '../../src/verdict/upkeep/recovery.ts';
import { client, limitWith, setUp } from './setting.ts';

const openOnly = { threshold: 0, silentThreshold: 3 };

describe('silent connections', () => {
  const cases: readonly [Action, boolean, Verdict][] = [
    ['alert', false, ADMIT_REPORT],
    ['alert_deny', false, REFUSE_REPORT],
    ['deny_no_log', false, REFUSE_UNREPORTED],
    ['block-period', false, REFUSE_REPORT],
    ['block-period', true, ADMIT_REPORT],
  ];
  for (const [action, monitor, verdict] of cases) {
    it(`have their own limit under the action of the rule: ${action}${monitor ? ' and monitor-mode' : ''}`, () => {
      const { gate, open } = setUp();
      const limit = limitWith(action, { ...openOnly, monitor });
      for (const connection of open(limit, 3)) gate.fellSilent(connection);
      assert.equal(gate.judgement.silent, 0, 'as the last verdict saw it');
      assert.equal(gate.admit(limit, client, 0), verdict);
      assert.equal(gate.judgement.silent, 3);
      assert.equal(gate.judgement.wouldRefuse, true);
      assert.equal(gate.judgement.startedBlock, action === 'block-period' && !monitor);
      if (verdict !== REFUSE_UNREPORTED) assert.equal(gate.judgement.reason, 'silent');
    });
  }

  it('do not count while the client has sent something, or since it has', () => {
    const { gate, open, state } = setUp();
    const limit = limitWith('alert_deny', openOnly);
    const [first = -1, ...others] = open(limit, 3);
    for (const connection of [first, first, ...others]) gate.fellSilent(connection);
    assert.equal(state()?.silent, 3, 'twice is once');
    assert.equal(gate.admit(limit, client, 0), REFUSE_REPORT);
    gate.spoke(first);
    gate.spoke(first);
    assert.equal(state()?.silent, 2);
    assert.equal(gate.admit(limit, client, 0), ADMIT);
    for (const connection of others) gate.release(connection);
    assert.equal(state()?.silent, 0);
  });

  it('leave the other limit as it is', () => {
    const { gate, open } = setUp();
    const limit = limitWith('alert_deny', { threshold: 5, silentThreshold: 3 });
    open(limit, 5);
    assert.equal(gate.admit(limit, client, 0), REFUSE_REPORT);
    assert.equal(gate.judgement.reason, 'connections');
  });

  it('are judged in the shadow as enforcement would have seen them', () => {
    const { gate, open, state } = setUp();
    const limit = limitWith('alert', openOnly);
    const connections = open(limit, 3);
    for (const connection of connections) gate.fellSilent(connection);
    // Two that enforcement would have refused fall silent too.
    for (const connection of open(limit, 2)) gate.fellSilent(connection);
    assert.equal(state()?.silent, 5);
    assert.equal(state()?.shadowSilent, 3);
    for (const connection of connections) gate.spoke(connection);
    open(limit, 1);
    assert.equal(gate.judgement.wouldRefuse, false, 'two are silent that it would not have let in');
  });

  it('are given back when their worker dies', () => {
    const { table, ledgers, gate, secondGate, open, state } = setUp();
    const limit = limitWith('alert_deny', openOnly);
    open(limit, 1).map((connection) => gate.fellSilent(connection));
    const other = secondGate();
    other.admit(limit, client, 0);
    other.fellSilent(other.judgement.connection);
    assert.equal(state()?.silent, 2);
    assert.ok(recoverWorker(table, ledgers, 2));
    assert.equal(state()?.silent, 1);
  });
});
