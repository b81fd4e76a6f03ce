import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action } from '../../src/policy/snapshot.ts';
import { sweepEpisodes } from '../../src/verdict/episodes.ts';
import { Gate } from '../../src/verdict/gate.ts';
import { createLedger } from '../../src/verdict/ledger.ts';
import type { Limit } from '../../src/verdict/limit.ts';
import type { EpisodeLine, SourceState } from '../../src/verdict/source.ts';
import { listSources } from '../../src/verdict/sources.ts';
import { createSourcesTable } from '../../src/verdict/table.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  REFUSE_REPORT,
  REFUSE_UNREPORTED,
  type Verdict,
} from '../../src/verdict/verdict.ts';
import { words } from './addresses.ts';

const CLIENT = words('203.0.113.7');
const MINUTE = 60_000;

const limitWith = (action: Action, more: Partial<Limit> = {}): Limit => ({
  policy: 1,
  threshold: 10,
  silentThreshold: 0,
  action,
  blockPeriod: 600,
  ipList: null,
  monitor: false,
  prefixV4: 32,
  prefixV6: 64,
  ...more,
});

const setUp = () => {
  const table = createSourcesTable(1024);
  const gate = new Gate(table, createLedger(1000), 1);
  const state = (now = 0): SourceState | undefined => {
    const sources: SourceState[] = [];
    listSources(table, now, (source) => sources.push(source));
    assert.ok(sources.length <= 1);
    return sources[0];
  };
  const sweep = (now: number): EpisodeLine[] => {
    const ends: EpisodeLine[] = [];
    sweepEpisodes(table, now, MINUTE, (end) => ends.push(end));
    return ends;
  };
  const open = (limit: Limit, count: number, now = 0, address = CLIENT): number[] =>
    Array.from({ length: count }, () => {
      gate.admit(limit, address, now);
      return gate.connection;
    });
  return { table, gate, state, sweep, open };
};

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
      assert.equal(gate.wouldRefuse, false);
      assert.equal(gate.admit(limit, CLIENT, 0), verdict);
      assert.equal(gate.wouldRefuse, true);
      assert.equal(gate.firstViolation, verdict !== REFUSE_UNREPORTED);
      assert.equal(gate.startedBlock, action === 'block-period' && !monitor);
      assert.equal(gate.open, verdict === ADMIT_REPORT ? 11 : 10);
      assert.equal(gate.peak, gate.open);
      assert.equal(state()?.refused, verdict === ADMIT_REPORT ? 0 : 1);
      assert.equal(state()?.episode === null, verdict === REFUSE_UNREPORTED);
    });
  }

  it('is never refused at threshold 0, and counted all the same', () => {
    const { gate, open, state } = setUp();
    const limit = limitWith('alert_deny', { threshold: 0 });
    open(limit, 50);
    assert.equal(gate.openOf(limit, CLIENT), 50);
    assert.equal(state()?.peak, 50);
  });

  it('is admitted again when one has closed', () => {
    const { gate, open } = setUp();
    const limit = limitWith('alert_deny');
    const [first] = open(limit, 10);
    assert.equal(gate.admit(limit, CLIENT, 0), REFUSE_REPORT);
    assert.ok(first !== undefined);
    gate.release(first);
    assert.equal(gate.admit(limit, CLIENT, 0), ADMIT);
  });

  it('never refuses short connections one after another', () => {
    const { gate, state } = setUp();
    const limit = limitWith('alert_deny', { threshold: 2 });
    for (let connection = 0; connection < 1000; connection++) {
      assert.equal(gate.admit(limit, CLIENT, connection), ADMIT);
      gate.release(gate.connection);
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
    assert.equal(gate.admit(limitWith('alert_deny', { policy: 2 }), CLIENT, 0), ADMIT);
  });

  it('is counted anew when a prefix changes, and nobody is refused or cut', () => {
    const { gate, open } = setUp();
    const limit = limitWith('alert_deny', { threshold: 3 });
    for (let host = 1; host <= 5; host++) open(limit, 2, 0, words(`192.0.2.${host}`));
    const wider = { ...limit, prefixV4: 24 };
    gate.rekey(wider, 0);
    assert.equal(gate.openOf(wider, words('192.0.2.99')), 10);
    assert.equal(gate.admit(wider, words('192.0.2.99'), 0), REFUSE_REPORT);
    gate.rekey(limit, 0);
    assert.equal(gate.openOf(limit, words('192.0.2.3')), 2);
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

describe('alert, 12 held at limit 5', () => {
  const limit = limitWith('alert', { threshold: 5 });
  const wouldRefuses = (closedFirst: number): { wouldRefuse: number; open: number } => {
    const { gate, open, sweep } = setUp();
    const held = open(limit, 12);
    for (const connection of held.slice(closedFirst, closedFirst + 5)) gate.release(connection);
    open(limit, 5);
    const [end] = sweep(MINUTE);
    assert.ok(end !== undefined);
    assert.equal(1 + end.count, 12, 'seven of the first twelve, and all of the last five');
    return { wouldRefuse: 1 + end.wouldRefuse, open: end.open };
  };

  it('five admitted by enforcement close, five open: 12 open, 7 would be refused', () => {
    assert.deepEqual(wouldRefuses(0), { wouldRefuse: 7, open: 12 });
  });

  it('five refused by enforcement close, five open: 12 open, 12 would be refused', () => {
    assert.deepEqual(wouldRefuses(7), { wouldRefuse: 12, open: 12 });
  });
});

describe('a block', () => {
  const limit = limitWith('block-period');

  it('ends at its time whatever is tried meanwhile, and refuses a source that holds nothing', () => {
    const { gate, open } = setUp();
    const held = open(limit, 10, 1000);
    assert.equal(gate.admit(limit, CLIENT, 1000), REFUSE_REPORT);
    for (const connection of held) {
      assert.ok(gate.blocked(connection, limit, 1000));
      gate.release(connection);
    }
    for (const now of [1001, 300_000, 600_999]) {
      assert.equal(gate.admit(limit, CLIENT, now), REFUSE_REPORT);
      assert.equal(gate.startedBlock, false);
    }
    assert.equal(gate.admit(limit, CLIENT, 601_000), ADMIT);
    assert.equal(gate.blocked(gate.connection, limit, 601_000), false);
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
      assert.equal(gate.admit(other, CLIENT, 1), ADMIT);
      assert.equal(gate.blocked(gate.connection, other, 1), false);
      assert.equal(gate.blocked(gate.connection, limit, 1), true);
      gate.release(gate.connection);
    }
    assert.equal(gate.admit(limit, CLIENT, 2), REFUSE_REPORT);
  });

  it('tells every worker that it started', () => {
    const { table, gate, open } = setUp();
    const other = new Gate(table, createLedger(8), 2);
    other.admit(limit, CLIENT, 0);
    const before = other.blocksStarted();
    open(limit, 10, 0);
    assert.ok(gate.startedBlock);
    assert.notEqual(other.blocksStarted(), before);
    assert.ok(other.blocked(0, limit, 0));
  });

  it('that monitor-mode would make is judged as if it had closed what the source held', () => {
    const { gate, open, state } = setUp();
    const monitored = { ...limit, threshold: 2, monitor: true };
    open(monitored, 3, 0);
    assert.ok(gate.wouldRefuse);
    assert.equal(state()?.shadow, 0);
    gate.admit(monitored, CLIENT, 599_999);
    assert.ok(gate.wouldRefuse);
    // The five of before would be closed: enforcement would admit two again.
    const after = [0, 1, 2].map(() => {
      gate.admit(monitored, CLIENT, 600_000);
      return gate.wouldRefuse;
    });
    assert.deepEqual(after, [false, false, true]);
    assert.equal(gate.startedBlock, false);
  });
});

describe('an episode', () => {
  it('ends when one interval passes without a violation, in one line with the rest of the count', () => {
    const { gate, open, sweep, state } = setUp();
    const limit = limitWith('alert_deny');
    const held = open(limit, 10, 0);
    for (let attempt = 0; attempt < 500; attempt++) gate.admit(limit, CLIENT, attempt);
    assert.deepEqual(sweep(499 + MINUTE - 1), []);
    assert.deepEqual(sweep(499 + MINUTE), [
      {
        phase: 'end',
        policy: 1,
        source: '203.0.113.7',
        prefix: 32,
        reason: 'connections',
        open: 10,
        silent: 0,
        peak: 10,
        count: 499,
        wouldRefuse: 499,
        total: 500,
        duration: 499,
        lastViolation: 499,
      },
    ]);
    assert.deepEqual(sweep(499 + 2 * MINUTE), []);
    for (const connection of held) gate.release(connection);
    assert.equal(state(), undefined);
  });

  it('lasts as long as its block, and ends with it', () => {
    const { open, sweep, state, gate } = setUp();
    const limit = limitWith('block-period');
    const held = open(limit, 11, 0);
    for (const connection of held) if (connection >= 0) gate.release(connection);
    assert.deepEqual(sweep(599_999), []);
    const [end] = sweep(600_000);
    assert.equal(end?.count, 0);
    assert.equal(end?.peak, 10);
    assert.equal(state(), undefined);
  });

  it('goes on when a violation comes after the end of its block', () => {
    const { open, sweep } = setUp();
    open(limitWith('block-period'), 11, 0);
    open(limitWith('alert_deny'), 1, 600_000);
    assert.deepEqual(sweep(600_000), []);
    assert.equal(sweep(600_000 + MINUTE)[0]?.count, 1);
  });
});
