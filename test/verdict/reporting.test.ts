import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atOnce } from '../../src/time/time-slice.ts';
import { clearPolicy } from '../../src/verdict/upkeep/episodes.ts';
import type { EpisodeLine } from '../../src/verdict/upkeep/source-state.ts';
import { limitWith, minute, setUp } from './setting.ts';

function sum(lines: readonly EpisodeLine[]): number {
  return lines.reduce((total, { count }) => total + count, 0);
}

describe('alert, 12 held at limit 5', () => {
  const limit = limitWith('alert', { threshold: 5 });
  const wouldRefuses = (closedFirst: number): { wouldRefuse: number; open: number } => {
    const { gate, open, sweep } = setUp();
    const held = open(limit, 12);
    for (const connection of held.slice(closedFirst, closedFirst + 5)) gate.release(connection);
    open(limit, 5);
    const [line] = sweep(minute);
    assert.ok(line !== undefined);
    assert.equal(1 + line.count, 12, 'seven of the first twelve, and all of the last five');
    return { wouldRefuse: 1 + line.wouldRefuse, open: line.open };
  };

  it('five admitted by enforcement close, five open: 12 open, 7 would be refused', () => {
    assert.deepEqual(wouldRefuses(0), { wouldRefuse: 7, open: 12 });
  });

  it('five refused by enforcement close, five open: 12 open, 12 would be refused', () => {
    assert.deepEqual(wouldRefuses(7), { wouldRefuse: 12, open: 12 });
  });
});

describe('an episode', () => {
  it('ends when one interval passes without a violation, in one line with the rest of the count', () => {
    const { gate, open, sweep, state } = setUp();
    const limit = limitWith('alert_deny');
    const held = open(limit, 11, 0);
    for (let attempt = 1; attempt < 500; attempt++) open(limit, 1, attempt);
    assert.deepEqual(sweep(minute - 1), []);
    const line = {
      policy: 1,
      source: '203.0.113.7',
      prefix: 32,
      reason: 'connections',
      open: 10,
      silent: 0,
      peak: 10,
      lastViolation: 499,
      total: 500,
      duration: 499,
    };
    assert.deepEqual(sweep(minute), [{ ...line, phase: 'summary', count: 499, wouldRefuse: 499 }]);
    assert.deepEqual(sweep(499 + minute - 1), []);
    assert.deepEqual(sweep(499 + minute), [{ ...line, phase: 'end', count: 0, wouldRefuse: 0 }]);
    assert.deepEqual(sweep(499 + 2 * minute), []);
    for (const connection of held) if (connection >= 0) gate.release(connection);
    assert.equal(state(), undefined);
  });

  it('lasts until the latest violation, in whatever order workers come to the lock', () => {
    const { open, sweep } = setUp();
    const limit = limitWith('alert_deny', { threshold: 1 });
    open(limit, 1, 1000);
    for (const moment of [1005, 1002, 1009, 1001]) open(limit, 1, moment);
    const [line] = sweep(1009 + minute);
    assert.ok(line !== undefined);
    assert.deepEqual([line.total, line.duration, line.lastViolation], [4, 4, 1009]);
    open(limit, 1, 2 * minute + 1005);
    open(limit, 1, 2 * minute + 1001);
    assert.deepEqual(
      sweep(3 * minute + 1005).map(({ phase, total, duration }) => ({ phase, total, duration })),
      [{ phase: 'end', total: 2, duration: 0 }],
    );
  });

  it('has one line an interval while it goes on, whatever its length, and their counts add up', () => {
    const { open, sweep, state } = setUp();
    const limit = limitWith('alert_deny', { threshold: 1 });
    open(limit, 1, 0);
    const halves = 60 * 24 * 60 * 2;
    const last = (halves * minute) / 2;
    const lines: EpisodeLine[] = [];
    for (let half = 0; half <= halves; half++) {
      const now = (half * minute) / 2;
      open(limit, 1, now);
      lines.push(...sweep(now));
    }
    assert.equal(lines.length, halves / 2);
    assert.ok(lines.every(({ phase }) => phase === 'summary'));
    const violations = halves + 1;
    assert.equal(state(last)?.episode?.total, violations);
    assert.equal(state(last)?.episode?.duration, last, 'sixty days do not fit into 32 bits of milliseconds');
    const [end] = sweep(last + minute);
    assert.equal(end?.phase, 'end');
    assert.equal(end?.total, violations);
    assert.equal(end?.duration, last);
    assert.equal(1 + sum(lines) + end.count, violations);
  });

  it('lasts as long as its block, and ends with it', () => {
    const { open, sweep, state, gate } = setUp();
    const limit = limitWith('block-period');
    const held = open(limit, 11, 0);
    for (const connection of held) if (connection >= 0) gate.release(connection);
    assert.deepEqual(sweep(599_999), []);
    const [end] = sweep(600_000);
    assert.equal(end?.phase, 'end');
    assert.equal(end?.count, 0);
    assert.equal(end?.total, 1);
    assert.equal(end?.peak, 10);
    assert.equal(state(), undefined);
  });

  it('has its lines within a block too', () => {
    const { open, sweep } = setUp();
    const limit = limitWith('block-period');
    open(limit, 15, 0);
    assert.deepEqual(
      sweep(minute).map(({ phase, count, total }) => ({ phase, count, total })),
      [{ phase: 'summary', count: 4, total: 5 }],
    );
    assert.deepEqual(sweep(2 * minute), [], 'nothing new, and the block goes on');
    open(limit, 1, 3 * minute);
    assert.equal(sweep(3 * minute)[0]?.count, 1);
  });

  it('goes on when a violation comes after the end of its block', () => {
    const { open, sweep } = setUp();
    open(limitWith('block-period'), 11, 0);
    open(limitWith('alert_deny'), 1, 600_000);
    assert.deepEqual(
      sweep(600_000).map(({ phase, count }) => ({ phase, count })),
      [{ phase: 'summary', count: 1 }],
    );
    assert.deepEqual(
      sweep(600_000 + minute).map(({ phase, count, total }) => ({ phase, count, total })),
      [{ phase: 'end', count: 0, total: 2 }],
    );
  });

  it('ends with the rest of its count when its policy is deleted or everything stops', () => {
    const { table, open, sweep } = setUp();
    open(limitWith('alert_deny'), 20, 0);
    open(limitWith('alert_deny'), 10, minute / 2);
    const before = sweep(minute);
    open(limitWith('alert_deny'), 3, minute);
    const lines: EpisodeLine[] = [];
    assert.ok(atOnce(clearPolicy(table, 1, minute, (line) => lines.push(line))));
    assert.deepEqual(
      lines.map(({ phase, count, total, duration }) => ({ phase, count, total, duration })),
      [{ phase: 'end', count: 3, total: 23, duration: minute }],
    );
    assert.equal(1 + sum(before) + sum(lines), 23);
  });

  it('keeps the reason that started it', () => {
    const { gate, open, sweep } = setUp();
    const limit = limitWith('alert_deny', { threshold: 3, silentThreshold: 1 });
    const [first = -1] = open(limit, 1);
    gate.fellSilent(first);
    open(limit, 1);
    assert.equal(gate.judgement.reason, 'silent');
    gate.spoke(first);
    open(limit, 3);
    assert.equal(gate.judgement.reason, 'connections');
    assert.equal(sweep(minute)[0]?.reason, 'silent');
  });
});
