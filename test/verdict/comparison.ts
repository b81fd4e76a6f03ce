import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Action } from '../../src/policy/snapshot.ts';
import { clearPolicy, sweepEpisodes } from '../../src/verdict/episodes.ts';
import { Gate } from '../../src/verdict/gate.ts';
import { createLedger } from '../../src/verdict/ledger.ts';
import type { Limit } from '../../src/verdict/limit.ts';
import { recoverWorker } from '../../src/verdict/recovery.ts';
import type { EpisodeLine } from '../../src/verdict/source.ts';
import { listSources, tableUsage } from '../../src/verdict/sources.ts';
import { createSourcesTable } from '../../src/verdict/table.ts';
import { bitsOf, words } from './addresses.ts';
import { cutShort } from './cut-short.ts';
import {
  keyOf,
  type ModelConnection,
  type ModelEnd,
  type ModelVerdict,
  ReferenceModel,
} from './reference-model.ts';

const VERDICTS: readonly ModelVerdict[] = [
  'admit',
  'admit-report',
  'refuse-report',
  'refuse-unreported',
  'table-full',
];
const ADDRESSES = ['10.0.0.0', '10.0.0.1', '10.0.1.1', '2001:db8::', '2001:db8::1', '2001:db8:0:1::1'].map(
  words,
);
const GATES = 3;
const INTERVAL = 2500;

export const ruleArbitrary = fc.record({
  threshold: fc.integer({ min: 0, max: 4 }),
  silentThreshold: fc.constant(0),
  ipList: fc.constant(null),
  action: fc.constantFrom<Action>('alert', 'alert_deny', 'block-period', 'deny_no_log'),
  blockPeriod: fc.integer({ min: 1, max: 3 }),
  monitor: fc.boolean(),
  prefixV4: fc.constantFrom(32, 24, 0),
  prefixV6: fc.constantFrom(128, 64, 0),
});

const gateArbitrary = fc.integer({ min: 0, max: GATES - 1 });
const policyArbitrary = fc.integer({ min: 1, max: 2 });
const admit = fc.record({
  kind: fc.constant('admit' as const),
  gate: gateArbitrary,
  policy: policyArbitrary,
  address: fc.integer({ min: 0, max: ADDRESSES.length - 1 }),
});
const release = fc.record({ kind: fc.constant('release' as const), which: fc.nat() });
const advance = fc.record({
  kind: fc.constant('advance' as const),
  by: fc.constantFrom(1, 499, 500, 1000, 1501),
});
const sweep = fc.record({ kind: fc.constant('sweep' as const) });
const change = fc.record({
  kind: fc.constant('change' as const),
  gate: gateArbitrary,
  policy: policyArbitrary,
  rule: ruleArbitrary,
});
const clear = fc.record({ kind: fc.constant('clear' as const), policy: policyArbitrary });
/** A worker ends between two operations, or at some step under a lock. */
const death = fc.record({
  kind: fc.constant('death' as const),
  gate: gateArbitrary,
  cutShort: fc.option(fc.integer({ min: 1 }), { nil: null }),
});

export const stepArbitrary = fc.oneof(
  { weight: 12, arbitrary: admit },
  { weight: 6, arbitrary: release },
  { weight: 3, arbitrary: advance },
  { weight: 2, arbitrary: sweep },
  { weight: 1, arbitrary: change },
  { weight: 1, arbitrary: clear },
  { weight: 2, arbitrary: death },
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

type Held = { gate: number; connection: number; model: ModelConnection };

/** The same steps on the table and on the model; every answer is compared at once. */
export class Comparison {
  readonly table: SharedArrayBuffer;
  readonly ledgers = Array.from({ length: GATES }, () => createLedger(64));
  readonly gates: Gate[];
  readonly model: ReferenceModel;
  readonly limits: Map<number, Limit>[];
  readonly filler: number;
  fillerLedger: SharedArrayBuffer | null = null;
  held: Held[] = [];
  now: number;
  reported = { violations: 0, wouldRefuses: 0 };

  constructor(
    now: number,
    capacity: number,
    room: number,
    whenFull: 'open' | 'closed',
    first: Omit<Limit, 'policy'>,
  ) {
    this.now = now;
    this.table = createSourcesTable(capacity);
    this.gates = this.ledgers.map((ledger, index) => new Gate(this.table, ledger, index + 1));
    this.filler = capacity - room;
    this.model = new ReferenceModel(room);
    this.limits = this.gates.map(() => new Map([1, 2].map((policy) => [policy, { policy, ...first }])));
    for (const gate of this.gates) gate.fullPolicy = whenFull;
    this.#fill();
  }

  /** Takes all but the wanted room, with a gate of its own and under a policy of its own. */
  #fill(): void {
    if (this.filler === 0) return;
    this.fillerLedger = createLedger(this.filler);
    const gate = new Gate(this.table, this.fillerLedger, GATES + 1);
    const limit = this.limitOf(0, 1);
    const address = words('::');
    for (let source = 0; source < this.filler; source++) {
      address[1] = source;
      gate.admit({ ...limit, policy: 99, prefixV6: 128 }, address, this.now);
    }
  }

  limitOf(gate: number, policy: number): Limit {
    const limit = this.limits[gate]?.get(policy);
    assert.ok(limit);
    return limit;
  }

  gate(index: number): Gate {
    const gate = this.gates[index];
    assert.ok(gate);
    return gate;
  }

  #compareEnds(actual: readonly EpisodeLine[], expected: readonly ModelEnd[]): void {
    const plain = actual.map((end) => ({
      key: keyOf(end.policy, bitsOf(words(end.source)), end.prefix, end.prefix),
      open: end.open,
      count: end.count,
      wouldRefuse: end.wouldRefuse,
      peak: end.peak,
      last: end.lastViolation,
    }));
    const byKey = (a: ModelEnd, b: ModelEnd) => a.key.localeCompare(b.key);
    assert.deepEqual(plain.sort(byKey), [...expected].sort(byKey));
    for (const end of actual) {
      this.reported.violations += end.count;
      this.reported.wouldRefuses += end.wouldRefuse;
    }
  }

  #admit(step: Step & { kind: 'admit' }): void {
    const gate = this.gate(step.gate);
    const limit = this.limitOf(step.gate, step.policy);
    const address = ADDRESSES[step.address];
    assert.ok(address);
    const verdict = gate.admit(limit, address, this.now);
    const expected = this.model.admit(limit, bitsOf(address), this.now, gate.fullPolicy);
    assert.deepEqual(
      {
        verdict: VERDICTS[verdict],
        admitted: gate.connection >= 0,
        counted: gate.counted,
        open: gate.open,
        wouldRefuse: gate.wouldRefuse,
        firstViolation: gate.firstViolation,
        startedBlock: gate.startedBlock,
      },
      {
        verdict: expected.verdict,
        admitted: expected.connection !== null,
        counted: expected.connection !== null && expected.connection.source !== null,
        open: expected.open,
        wouldRefuse: expected.wouldRefuse,
        firstViolation: expected.firstViolation,
        startedBlock: expected.startedBlock,
      },
    );
    if (gate.firstViolation) {
      this.reported.violations++;
      if (gate.wouldRefuse) this.reported.wouldRefuses++;
    }
    if (expected.connection === null) return;
    this.held.push({ gate: step.gate, connection: gate.connection, model: expected.connection });
  }

  #change(step: Step & { kind: 'change' }): void {
    const limit = { policy: step.policy, ...step.rule };
    this.limits[step.gate]?.set(step.policy, limit);
    this.gate(step.gate).rekey(limit, this.now);
    const own = this.held.filter((held) => held.gate === step.gate);
    for (const held of own.sort((a, b) => a.connection - b.connection)) this.model.rekey(limit, held.model);
  }

  #die(index: number, seed: number | null): void {
    const ledger = this.ledgers[index];
    assert.ok(ledger);
    const others = this.ledgers.filter((other) => other !== ledger);
    if (this.fillerLedger !== null) others.push(this.fillerLedger);
    if (seed !== null) cutShort(this.table, ledger, index + 1, seed);
    assert.ok(recoverWorker(this.table, others, ledger, index + 1));
    const { fullPolicy } = this.gate(index);
    const successor = new Gate(this.table, ledger, index + 1);
    successor.fullPolicy = fullPolicy;
    this.gates[index] = successor;
    for (const held of this.held) if (held.gate === index) this.model.release(held.model);
    this.held = this.held.filter((held) => held.gate !== index);
  }

  sweep(): void {
    const ends: EpisodeLine[] = [];
    assert.ok(sweepEpisodes(this.table, this.now, INTERVAL, (end) => ends.push(end)));
    this.#compareEnds(ends, this.model.sweep(this.now, INTERVAL));
  }

  run(step: Step): void {
    if (step.kind === 'admit') this.#admit(step);
    else if (step.kind === 'release') {
      const [held] = this.held.splice(step.which % Math.max(1, this.held.length), 1);
      if (held === undefined) return;
      this.gate(held.gate).release(held.connection);
      this.model.release(held.model);
    } else if (step.kind === 'advance') {
      this.now += step.by;
    } else if (step.kind === 'sweep') this.sweep();
    else if (step.kind === 'change') this.#change(step);
    else if (step.kind === 'clear') {
      const ends: EpisodeLine[] = [];
      assert.ok(clearPolicy(this.table, step.policy, this.now, (end) => ends.push(end)));
      this.#compareEnds(ends, this.model.clearPolicy(step.policy));
    } else this.#die(step.gate, step.cutShort);
  }

  /** Everything that the table says, against everything that the model says. */
  compareAll(): void {
    const actual = new Map<string, unknown>();
    const running = { violations: 0, wouldRefuses: 0 };
    assert.ok(
      listSources(this.table, this.now, (source) => {
        if (source.policy === 99) return;
        const key = keyOf(source.policy, bitsOf(words(source.source)), source.prefix, source.prefix);
        assert.ok(!actual.has(key), `${key} is in the table twice`);
        const { policy: _policy, source: _source, prefix: _prefix, ...state } = source;
        actual.set(key, state);
        running.violations += source.episode?.count ?? 0;
        running.wouldRefuses += source.episode?.wouldRefuse ?? 0;
      }),
    );
    const expected = new Map<string, unknown>();
    for (const [key, source] of this.model.sources) {
      const { episode } = source;
      expected.set(key, {
        open: source.held.size,
        shadow: source.shadow.size,
        peak: source.peak,
        refused: source.refused,
        blockedUntil: source.block,
        shadowBlockedUntil: source.shadowBlock,
        episode: episode && {
          count: episode.count,
          wouldRefuse: episode.wouldRefuse,
          peak: episode.peak,
          lastViolation: episode.last,
        },
      });
    }
    assert.deepEqual(actual, expected);
    assert.equal(tableUsage(this.table).used, expected.size + this.filler);
    for (const held of this.held) {
      const limit = this.limitOf(held.gate, held.model.policy);
      const isBlocked = this.gate(held.gate).blocked(held.connection, limit, this.now);
      assert.equal(isBlocked, this.model.isBlocked(held.model, limit, this.now));
    }
    assert.equal(this.reported.violations + running.violations, this.model.violations);
    assert.equal(this.reported.wouldRefuses + running.wouldRefuses, this.model.wouldRefuses);
  }
}
