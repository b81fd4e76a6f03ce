import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { BUCKETS, bucketOf, highestOf } from '../../src/verdict/table/peak-layout.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { forgetPeaks, policyPeaks } from '../../src/verdict/upkeep/peaks.ts';
import { recoverWorker } from '../../src/verdict/upkeep/recovery.ts';
import type { PeakCount } from '../../src/verdict/upkeep/threshold-advice.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { words } from './addresses.ts';
import { limitWith, setUp } from './setting.ts';

const gateCount = 2;
const addresses = ['10.0.0.1', '10.0.0.2', '2001:db8::1'].map(words);
const policies = [1, 257, 2];

type Step =
  | { readonly kind: 'open'; readonly gate: number; readonly policy: number; readonly address: number }
  | { readonly kind: 'close'; readonly which: number }
  | { readonly kind: 'death'; readonly gate: number };

const gate = fc.nat(gateCount - 1);
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('open'), gate, policy: fc.nat(2), address: fc.nat(2) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('close'), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('death'), gate }) },
);

type Held = { readonly gate: number; readonly connection: number; readonly key: string };

/** What each policy's sources have held at most, said with a map and a list. */
class Model {
  readonly #present = new Map<string, { open: number; peak: number }>();
  readonly #gone: { readonly policy: string; readonly peak: number }[] = [];

  open(key: string): void {
    const source = this.#present.get(key) ?? { open: 0, peak: 0 };
    source.open++;
    source.peak = Math.max(source.peak, source.open);
    this.#present.set(key, source);
  }

  close(key: string): void {
    const source = this.#present.get(key);
    assert.ok(source !== undefined);
    source.open--;
    if (source.open > 0) return;
    this.#present.delete(key);
    this.#gone.push({ policy: key.split(' ')[0] ?? '', peak: source.peak });
  }

  peaks(policy: number): PeakCount[] {
    const all = [
      ...this.#gone,
      ...[...this.#present].map(([key, { peak }]) => ({ policy: key.split(' ')[0], peak })),
    ]
      .filter((each) => each.policy === String(policy))
      .map(({ peak }) => peak);
    return [...new Set(all)]
      .sort((one, other) => one - other)
      .map((peak) => ({ peak, sources: all.filter((each) => each === peak).length }));
  }
}

describe('the peaks of sources', () => {
  it('are counted for those that have left and those that are there, whichever worker ends', () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { maxLength: 120 }), (steps) => {
        const table = createSourcesTable(1024);
        const ledgers = Array.from({ length: gateCount }, () => createLedger(200));
        const make = (number: number): Gate => new Gate(table, ledgers, number + 1);
        const gates = ledgers.map((_, number) => make(number));
        const limits = policies.map((policy) => limitWith('alert_deny', { policy, threshold: 0 }));
        const model = new Model();
        let held: Held[] = [];
        for (const step of steps) {
          if (step.kind === 'open') {
            const [worker, limit] = [gates[step.gate], limits[step.policy]];
            const address = addresses[step.address];
            assert.ok(worker !== undefined && limit !== undefined && address !== undefined);
            worker.admit(limit, address, 0);
            const key = `${limit.policy} ${step.address}`;
            held.push({ gate: step.gate, connection: worker.judgement.connection, key });
            model.open(key);
          } else if (step.kind === 'close') {
            const [connection] = held.splice(step.which % Math.max(1, held.length), 1);
            if (connection === undefined) continue;
            gates[connection.gate]?.release(connection.connection);
            model.close(connection.key);
          } else {
            assert.ok(recoverWorker(table, ledgers, step.gate + 1));
            gates[step.gate] = make(step.gate);
            for (const each of held) if (each.gate === step.gate) model.close(each.key);
            held = held.filter((each) => each.gate !== step.gate);
          }
        }
        for (const policy of policies)
          assert.deepEqual(atOnce(policyPeaks(table, policy)), model.peaks(policy));
      }),
      { numRuns: rounds(38, 150) },
    );
  });

  it('are rounded up by less than a thirtieth, in buckets that follow each other', () => {
    let last = 0;
    for (let peak = 1; peak < 2 ** 16; peak++) {
      const bucket = bucketOf(peak);
      assert.ok(bucket === last || bucket === last + 1, String(peak));
      const highest = highestOf(bucket);
      assert.ok(highest >= peak && highest < peak * (1 + 1 / 30), String(peak));
      assert.equal(bucketOf(highest), bucket);
      last = bucket;
    }
    assert.equal(last, BUCKETS - 1);
    assert.deepEqual([bucketOf(2 ** 16), bucketOf(2 ** 31 - 1)], [last, last]);
  });

  it('say the highest exactly, also of one beyond all buckets', () => {
    const { table, gate: worker, open } = setUp();
    const limit = limitWith('alert', { threshold: 0 });
    const connections = open(limit, 997);
    for (const connection of connections) worker.release(connection);
    assert.deepEqual(atOnce(policyPeaks(table, 1)), [{ peak: 997, sources: 1 }]);
  });

  it('are not those of sources that never held a connection', () => {
    const { table, gate: worker } = setUp();
    assert.ok(worker.sources.block(limitWith('alert_deny', { scripted: true }), words('10.0.0.9'), 1, 0));
    assert.deepEqual(atOnce(policyPeaks(table, 1)), []);
  });

  it('are not those of a proxy that only announces others', () => {
    const { table, gate } = setUp();
    const limit = limitWith('alert_deny');
    gate.hold(limit, words('192.0.2.254'), 0);
    assert.deepEqual(atOnce(policyPeaks(table, limit.policy)), []);
    gate.identify(gate.judgement.connection, limit, words('10.0.0.1'), 0);
    gate.release(gate.judgement.connection);
    assert.deepEqual(atOnce(policyPeaks(table, limit.policy)), [{ peak: 1, sources: 1 }]);
  });

  it('are given up with their policy, and make room for another', () => {
    const table = createSourcesTable(1024);
    const worker = new Gate(table, [createLedger(10)], 1);
    const visit = (policy: number): void => {
      worker.admit(limitWith('alert_deny', { policy }), words('10.0.0.1'), 0);
      worker.release(worker.judgement.connection);
    };
    for (let policy = 1; policy <= 300; policy++) visit(policy);
    assert.deepEqual(atOnce(policyPeaks(table, 256)), [{ peak: 1, sources: 1 }]);
    assert.deepEqual(atOnce(policyPeaks(table, 257)), [], 'there is room for 256');
    forgetPeaks(table, (policy) => policy > 1);
    assert.deepEqual(atOnce(policyPeaks(table, 1)), []);
    assert.deepEqual(atOnce(policyPeaks(table, 2)), [{ peak: 1, sources: 1 }]);
    visit(257);
    visit(257);
    assert.deepEqual(atOnce(policyPeaks(table, 257)), [{ peak: 1, sources: 2 }]);
  });
});
