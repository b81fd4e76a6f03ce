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
import { words } from './addresses.ts';
import { client, limitWith, openOf, setUp } from './setting.ts';

describe('a source that holds the threshold opens one more', () => {
  const cases: readonly [Action, boolean, Verdict][] = [
    ['alert', false, ADMIT_REPORT],
    ['alert_deny', false, REFUSE_REPORT],
    ['deny_no_log', false, REFUSE_UNREPORTED],
    ['block-period', false, REFUSE_REPORT],
    ['alert', true, ADMIT_REPORT],
    ['alert_deny', true, ADMIT_REPORT],
    ['deny_no_log', true, ADMIT_REPORT],
    ['block-period', true, ADMIT_REPORT],
  ];
  for (const [action, monitor, verdict] of cases) {
    it(`${action}${monitor ? ' under monitor-mode' : ''}`, () => {
      const { gate, open, state } = setUp();
      const limit = limitWith(action, { monitor });
      open(limit, 10);
      assert.equal(gate.judgement.wouldRefuse, false);
      assert.equal(gate.admit(limit, client, 0), verdict);
      assert.equal(gate.judgement.wouldRefuse, true);
      assert.equal(gate.judgement.firstViolation, verdict !== REFUSE_UNREPORTED);
      assert.equal(gate.judgement.startedBlock, action === 'block-period' && !monitor);
      assert.equal(gate.judgement.open, verdict === ADMIT_REPORT ? 11 : 10);
      assert.equal(gate.judgement.peak, gate.judgement.open);
      assert.equal(state()?.refused, verdict === ADMIT_REPORT ? 0 : 1);
      assert.equal(state()?.episode === null, verdict === REFUSE_UNREPORTED);
    });
  }

  it('is never refused at threshold 0, and counted all the same', () => {
    const { table, open, state } = setUp();
    const limit = limitWith('alert_deny', { threshold: 0 });
    open(limit, 50);
    assert.equal(openOf(table, limit, client), 50);
    assert.equal(state()?.peak, 50);
  });

  it('is admitted again when one has closed', () => {
    const { gate, open } = setUp();
    const limit = limitWith('alert_deny');
    const [first] = open(limit, 10);
    assert.equal(gate.admit(limit, client, 0), REFUSE_REPORT);
    assert.ok(first !== undefined);
    gate.release(first);
    assert.equal(gate.admit(limit, client, 0), ADMIT);
  });

  it('never refuses short connections one after another', () => {
    const { gate, state } = setUp();
    const limit = limitWith('alert_deny', { threshold: 2 });
    for (let connection = 0; connection < 1000; connection++) {
      assert.equal(gate.admit(limit, client, connection), ADMIT);
      gate.release(gate.judgement.connection);
    }
    assert.equal(state(), undefined);
  });
});

describe('what is one source', () => {
  it('is a /64 in IPv6: 40 of its addresses share the limit', () => {
    const { gate } = setUp();
    const limit = limitWith('alert_deny', { threshold: 5 });
    const verdicts = Array.from({ length: 40 }, (_, host) =>
      gate.admit(limit, words(`2001:db8:0:1::${(host + 1).toString(16)}`), 0),
    );
    assert.equal(verdicts.filter((verdict) => verdict === ADMIT).length, 5);
    assert.equal(gate.admit(limit, words('2001:db8:0:2::1'), 0), ADMIT);
  });

  it('is an IPv4 address, also when it comes mapped into IPv6', () => {
    const { gate, open } = setUp();
    const limit = limitWith('alert_deny');
    open(limit, 10);
    assert.equal(gate.admit(limit, words('::ffff:203.0.113.7'), 0), REFUSE_REPORT);
    assert.equal(gate.admit(limit, words('203.0.113.8'), 0), ADMIT);
  });

  it('is counted per policy', () => {
    const { gate, open } = setUp();
    open(limitWith('alert_deny'), 10);
    assert.equal(gate.admit(limitWith('alert_deny', { policy: 2 }), client, 0), ADMIT);
  });

  it('is counted anew when a prefix changes, and nobody is refused or cut', () => {
    const { table, gate, rekey, open } = setUp();
    const limit = limitWith('alert_deny', { threshold: 3 });
    for (let host = 1; host <= 5; host++) open(limit, 2, 0, words(`192.0.2.${host}`));
    const wider = { ...limit, prefixV4: 24 };
    rekey(wider);
    assert.equal(openOf(table, wider, words('192.0.2.99')), 10);
    assert.equal(gate.admit(wider, words('192.0.2.99'), 0), REFUSE_REPORT);
    rekey(limit);
    assert.equal(openOf(table, limit, words('192.0.2.3')), 2);
  });

  it('does not inherit the block of the network that begins with its address', () => {
    const { gate, open } = setUp();
    const wide = limitWith('block-period', { prefixV4: 24 });
    const connections = open(wide, 11, 0, words('192.0.2.9'));
    for (const connection of connections) if (connection >= 0) gate.release(connection);
    assert.equal(gate.admit(wide, words('192.0.2.0'), 1), REFUSE_REPORT);
    assert.equal(gate.admit({ ...wide, prefixV4: 32 }, words('192.0.2.0'), 1), ADMIT);
  });
});

describe('a block', () => {
  const limit = limitWith('block-period');

  it('ends at its time whatever is tried meanwhile, and refuses a source that holds nothing', () => {
    const { gate, open } = setUp();
    const held = open(limit, 10, 1000);
    assert.equal(gate.admit(limit, client, 1000), REFUSE_REPORT);
    for (const connection of held) {
      assert.ok(gate.blocked(connection, limit, 1000));
      gate.release(connection);
    }
    for (const now of [1001, 300_000, 600_999]) {
      assert.equal(gate.admit(limit, client, now), REFUSE_REPORT);
      assert.equal(gate.judgement.startedBlock, false);
    }
    assert.equal(gate.admit(limit, client, 601_000), ADMIT);
    assert.equal(gate.blocked(gate.judgement.connection, limit, 601_000), false);
  });

  it('is not enforced under monitor-mode, another action or no threshold, and goes on to its end', () => {
    const { gate, open } = setUp();
    open(limit, 11, 0);
    for (const connection of Array.from({ length: 10 }, (_, index) => index)) gate.release(connection);
    for (const other of [
      { ...limit, monitor: true },
      limitWith('alert_deny'),
      limitWith('alert'),
      { ...limit, threshold: 0 },
    ]) {
      assert.equal(gate.admit(other, client, 1), ADMIT);
      assert.equal(gate.blocked(gate.judgement.connection, other, 1), false);
      assert.equal(gate.blocked(gate.judgement.connection, limit, 1), true);
      gate.release(gate.judgement.connection);
    }
    assert.equal(gate.admit(limit, client, 2), REFUSE_REPORT);
  });

  it('tells every worker that it started', () => {
    const { gate, secondGate, open } = setUp();
    const other = secondGate();
    other.admit(limit, client, 0);
    const before = other.blocksStarted();
    open(limit, 10, 0);
    assert.ok(gate.judgement.startedBlock);
    assert.notEqual(other.blocksStarted(), before);
    assert.ok(other.blocked(0, limit, 0));
  });

  it('that monitor-mode would make is judged as if it had closed what the source held', () => {
    const { gate, open, state } = setUp();
    const monitored = { ...limit, threshold: 2, monitor: true };
    open(monitored, 3, 0);
    assert.ok(gate.judgement.wouldRefuse);
    assert.equal(state()?.shadow, 0);
    gate.admit(monitored, client, 599_999);
    assert.ok(gate.judgement.wouldRefuse);
    // The five of before would be closed: enforcement would admit two again.
    const after = [0, 1, 2].map(() => {
      gate.admit(monitored, client, 600_000);
      return gate.judgement.wouldRefuse;
    });
    assert.deepEqual(after, [false, false, true]);
    assert.equal(gate.judgement.startedBlock, false);
  });
});
