import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BROKEN, ENDED, type SocketProbe } from '../../src/verdict/judge/departures.ts';
import { ADMIT, REFUSE_REPORT } from '../../src/verdict/judge/verdict.ts';
import { uncount } from '../../src/verdict/table/counting.ts';
import { OVER, SLOT } from '../../src/verdict/table/ledger.ts';
import { entryOf, Ledgers, referenceOf } from '../../src/verdict/table/ledgers.ts';
import { SourcesTable } from '../../src/verdict/table/table.ts';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { client, limitWith, openOf, setUp } from './setting.ts';

/** What the system knows, and how often it was asked. */
class KnownEnds implements SocketProbe {
  readonly over = new Set<number>();
  readonly broken = new Set<number>();
  asked: number[][] = [];

  probe(sockets: Int32Array, over: Uint8Array, count: number): void {
    this.asked.push([...sockets.subarray(0, count)]);
    for (let index = 0; index < count; index++) {
      const socket = sockets[index] ?? -1;
      over[index] = this.broken.has(socket) ? BROKEN : this.over.has(socket) ? ENDED : 0;
    }
  }
}

function withSockets() {
  const ends = new KnownEnds();
  const setting = setUp(ends);
  const other = setting.secondGate();
  return { ends, other, ...setting };
}

const limit = limitWith('block-period', { threshold: 2 });

describe('a source at its limit', () => {
  it('is let in where one of its connections is over, in whichever worker, and nobody has told yet', () => {
    for (const which of ['gate', 'other'] as const) {
      const { ends, table, other, gate } = withSockets();
      gate.admit(limit, client, 0, 11);
      other.admit(limit, client, 0, 12);
      ends.over.add(which === 'gate' ? 11 : 12);
      assert.equal(gate.admit(limit, client, 1, 13), ADMIT);
      assert.equal(openOf(table, limit, client), 2);
      // Whoever carried it lets go of it later; that takes nothing off a second time.
      const late = which === 'gate' ? gate : other;
      late.closing(0);
      late.over(0);
      late.release(0);
      assert.equal(openOf(table, limit, client), 2);
      ends.over.clear();
      assert.equal(other.admit(limit, client, 2, 14), REFUSE_REPORT);
    }
  });

  it('is let in where the worker of one has ended: its descriptor is that of the new one', () => {
    const { other, gate } = withSockets();
    other.admit(limit, client, 0, 11);
    other.admit(limit, client, 0, 12);
    assert.equal(gate.admit(limit, client, 1, 12), ADMIT);
    assert.equal(gate.admit(limit, client, 1, 13), REFUSE_REPORT);
  });

  it('is let in where all of them are over', () => {
    const { ends, table, gate } = withSockets();
    for (const socket of [1, 2]) gate.admit(limit, client, 0, socket);
    for (const socket of [1, 2]) ends.over.add(socket);
    assert.equal(gate.admit(limit, client, 1, 3), ADMIT);
    assert.equal(openOf(table, limit, client), 1);
    for (const connection of [0, 1, 2]) gate.release(connection);
    assert.equal(tableUsage(table).used, 0);
  });

  it('is no violation either under alert and in monitor-mode, and a silent one that is over is not silent', () => {
    const limits = [
      limitWith('alert', { threshold: 1 }),
      limitWith('alert_deny', { threshold: 1, monitor: true }),
      limitWith('alert_deny', { threshold: 0, silentThreshold: 1 }),
    ];
    for (const each of limits) {
      const { ends, gate, state } = withSockets();
      gate.admit(each, client, 0, 1);
      gate.fellSilent(0);
      ends.over.add(1);
      assert.equal(gate.admit(each, client, 1, 2), ADMIT);
      assert.equal(gate.judgement.wouldRefuse, false);
      const { open, shadow, silent, episode } = state() ?? {};
      assert.deepEqual([open, shadow, silent, episode], [1, 1, 0, null]);
    }
  });

  it('is held to it while its end waits behind bytes that nobody takes, but not when that is a reset', () => {
    const { ends, gate } = withSockets();
    const deny = { ...limit, action: 'alert_deny' as const };
    for (const socket of [1, 2]) gate.admit(deny, client, 0, socket);
    for (const isStalled of [true, false, true]) gate.stalls(0, isStalled);
    ends.over.add(1);
    assert.equal(gate.admit(deny, client, 1, 3), REFUSE_REPORT);
    ends.broken.add(1);
    assert.equal(gate.admit(deny, client, 2, 3), ADMIT);
    gate.stalls(1, true);
    assert.equal(gate.admit(deny, client, 3, 4), REFUSE_REPORT);
    gate.stalls(1, false);
    ends.over.add(2);
    assert.equal(gate.admit(deny, client, 4, 4), ADMIT);
  });

  it('asks about nobody else: not below the limit, nor in a block', () => {
    const { ends, gate } = withSockets();
    gate.admit(limit, client, 0, 1);
    gate.admit(limit, client, 0, 2);
    assert.deepEqual(ends.asked, []);
    assert.equal(gate.admit(limit, client, 1, 3), REFUSE_REPORT);
    assert.deepEqual(ends.asked, [[2, 1]], 'the newest first');
    assert.ok(gate.judgement.startedBlock);
    ends.over.add(1);
    assert.equal(gate.admit(limit, client, 2, 4), REFUSE_REPORT);
    assert.equal(ends.asked.length, 1);
    const unblocked = { ...limit, action: 'alert_deny' as const };
    assert.equal(gate.admit(unblocked, client, 3, 5), ADMIT);
    assert.equal(ends.asked.length, 2);
  });

  it('is looked at less often while nothing is found', () => {
    const { ends, gate } = withSockets();
    const deny = { ...limit, action: 'deny_no_log' as const };
    for (const socket of [1, 2]) gate.admit(deny, client, 1, socket);
    // A refusal each 10 microseconds, for 10 milliseconds.
    for (let attempt = 0; attempt < 1000; attempt++) gate.admit(deny, client, 1 + attempt / 100, 3);
    assert.ok(ends.asked.length > 10 && ends.asked.length < 25, `${ends.asked.length} looks`);
    ends.over.add(1);
    assert.equal(gate.admit(deny, client, 13, 3), ADMIT);
  });

  it('no longer counts what is over: no prefix, block or silence does', () => {
    const { ends, table, gate, rekey } = withSockets();
    gate.admit(limit, client, 0, 1);
    gate.admit(limit, client, 0, 2);
    ends.over.add(1);
    assert.equal(gate.admit(limit, client, 1, 3), ADMIT);
    gate.fellSilent(0);
    gate.spoke(0);
    const wider = { ...limit, prefixV4: 24 };
    rekey(wider);
    assert.equal(openOf(table, wider, client), 2);
    ends.over.clear();
    assert.equal(gate.admit(wider, client, 2, 4), REFUSE_REPORT);
    assert.deepEqual(
      [0, 1, 2].map((connection) => gate.blocked(connection, wider, 2)),
      [false, true, true],
    );
  });

  it('keeps its place until it is off the list: whoever carried it takes that for another without the lock', () => {
    const { table, ledgers, gate } = withSockets();
    gate.admit(limit, client, 0, 1);
    const connection = referenceOf(1, gate.judgement.connection);
    const places: number[] = [];
    class SeenLedgers extends Ledgers {
      override unlink(of: SourcesTable, at: number, reference: number): void {
        super.unlink(of, at, reference);
        places.push(this.wordsOf(reference)[entryOf(reference) + SLOT] ?? OVER);
      }
    }
    uncount(new SourcesTable(table), new SeenLedgers(ledgers), connection, OVER);
    assert.equal(places.length, 1);
    assert.notEqual(places[0], OVER);
    assert.equal(openOf(table, limit, client), 0);
  });
});
