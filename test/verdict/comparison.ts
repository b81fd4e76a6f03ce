import assert from 'node:assert/strict';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import type { Limit } from '../../src/verdict/judge/limit.ts';
import type { Verdict } from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { type Block, liftBlock, listBlocks, restoreBlock } from '../../src/verdict/upkeep/blocks.ts';
import { clearPolicy, sweepEpisodes } from '../../src/verdict/upkeep/episodes.ts';
import { changeKeys } from '../../src/verdict/upkeep/keys.ts';
import { recoverWorker } from '../../src/verdict/upkeep/recovery.ts';
import type { EpisodeLine, SourceIdentity } from '../../src/verdict/upkeep/source-state.ts';
import { listSources, tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { bitsOf, words } from './addresses.ts';
import { cutShort } from './cut-short.ts';
import {
  keyOf,
  type ModelConnection,
  type ModelDecision,
  type ModelLine,
  type ModelVerdict,
  ReferenceModel,
  silentIn,
} from './reference-model.ts';
import { addresses, gates, modelMarks, type Step, type StepOf } from './steps.ts';

const verdicts: readonly ModelVerdict[] = [
  'admit',
  'admit-report',
  'refuse-report',
  'refuse-unreported',
  'table-full',
];
const interval = 2500;
const filling = 99;

type Held = { gate: number; connection: number; model: ModelConnection };

function keyOfSource({ policy, source, prefix }: SourceIdentity): string {
  return keyOf(policy, bitsOf(words(source)), prefix, prefix);
}

function addressOf(index: number): Uint32Array {
  return words(addresses[index] ?? '');
}

/** The same steps on the table and on the model; every answer is compared at once. */
export class Comparison {
  readonly table: SharedArrayBuffer;
  /** Of the gates, and behind them that of what fills the table. */
  readonly ledgers: readonly SharedArrayBuffer[];
  readonly gates: Gate[];
  readonly model: ReferenceModel;
  readonly limits: Map<number, Limit>[];
  readonly filler: number;
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
    this.filler = capacity - room;
    this.ledgers = [
      ...Array.from({ length: gates }, () => createLedger(64)),
      createLedger(Math.max(1, this.filler)),
    ];
    this.gates = Array.from({ length: gates }, (_, index) => this.#makeGate(index));
    this.model = new ReferenceModel(room, modelMarks);
    this.limits = this.gates.map(() => new Map([1, 2].map((policy) => [policy, { policy, ...first }])));
    for (const gate of this.gates) gate.fullPolicy = whenFull;
    this.#fill();
  }

  #makeGate(index: number): Gate {
    return new Gate(this.table, this.ledgers, index + 1);
  }

  /** Takes all but the wanted room, with a gate of its own and under a policy of its own. */
  #fill(): void {
    if (this.filler === 0) return;
    const gate = this.#makeGate(gates);
    const limit = { ...this.limitOf(0, 1), policy: filling, ipList: null, prefixV6: 128 };
    const address = words('::');
    for (let source = 0; source < this.filler; source++) {
      address[1] = source;
      gate.admit(limit, address, this.now);
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

  #compareLines(actual: readonly EpisodeLine[], expected: readonly ModelLine[]): void {
    const plain = actual.map(({ policy, source, prefix, lastViolation: last, ...line }): ModelLine => {
      return { key: keyOfSource({ policy, source, prefix }), last, ...line };
    });
    const byKey = (a: ModelLine, b: ModelLine) => a.key.localeCompare(b.key);
    assert.deepEqual(plain.sort(byKey), [...expected].sort(byKey));
    for (const line of actual) {
      this.reported.violations += line.count;
      this.reported.wouldRefuses += line.wouldRefuse;
    }
  }

  #compareDecision(gate: Gate, verdict: Verdict, expected: ModelDecision): void {
    const { connection, ...rest } = expected;
    assert.deepEqual(
      {
        verdict: verdicts[verdict],
        admitted: gate.judgement.connection >= 0,
        counted: gate.judgement.counted,
        open: gate.judgement.open,
        silent: gate.judgement.silent,
        reason: gate.judgement.reason,
        wouldRefuse: gate.judgement.wouldRefuse,
        inBlock: gate.judgement.inBlock,
        firstViolation: gate.judgement.firstViolation,
        startedBlock: gate.judgement.startedBlock,
      },
      {
        ...rest,
        admitted: connection !== null,
        counted: connection !== null && connection.source !== null,
      },
    );
    if (!gate.judgement.firstViolation) return;
    this.reported.violations++;
    if (gate.judgement.wouldRefuse) this.reported.wouldRefuses++;
  }

  #admit(step: StepOf<'admit'>): void {
    const gate = this.gate(step.gate);
    const limit = this.limitOf(step.gate, step.policy);
    const address = addressOf(step.address);
    const verdict = gate.admit(limit, address, this.now);
    const expected = this.model.admit(limit, bitsOf(address), this.now, gate.fullPolicy);
    this.#compareDecision(gate, verdict, expected);
    if (expected.connection === null) return;
    this.held.push({ gate: step.gate, connection: gate.judgement.connection, model: expected.connection });
  }

  #hold(step: StepOf<'hold'>): void {
    const gate = this.gate(step.gate);
    const limit = this.limitOf(step.gate, step.policy);
    const address = addressOf(step.address);
    const verdict = gate.hold(limit, address, this.now);
    const model = this.model.hold(limit, bitsOf(address));
    assert.equal(verdicts[verdict], 'admit');
    assert.equal(gate.judgement.counted, model.source !== null);
    this.held.push({ gate: step.gate, connection: gate.judgement.connection, model });
  }

  #identify(step: StepOf<'identify'>): void {
    const held = this.#oneOf(step.which);
    if (held === undefined) return;
    const gate = this.gate(held.gate);
    const limit = this.limitOf(held.gate, step.policy);
    const address = addressOf(step.address);
    const verdict = gate.identify(held.connection, limit, address, this.now);
    const expected = this.model.identify(held.model, limit, bitsOf(address), this.now, gate.fullPolicy);
    this.#compareDecision(gate, verdict, expected);
    if (expected.connection !== null) assert.equal(gate.judgement.connection, held.connection);
    else this.held = this.held.filter((other) => other !== held);
  }

  #release(step: StepOf<'release'>): void {
    const held = this.#oneOf(step.which);
    if (held === undefined) return;
    this.held = this.held.filter((other) => other !== held);
    this.gate(held.gate).release(held.connection);
    this.model.release(held.model);
  }

  #silent(step: StepOf<'silent'>): void {
    const held = this.#oneOf(step.which);
    if (held === undefined) return;
    const gate = this.gate(held.gate);
    if (step.isSilent) gate.fellSilent(held.connection);
    else gate.spoke(held.connection);
    held.model.isSilent = step.isSilent;
  }

  #oneOf(which: number): Held | undefined {
    return this.held[which % Math.max(1, this.held.length)];
  }

  #change(step: StepOf<'change'>): void {
    const limit = { policy: step.policy, ...step.rule };
    const { policy, prefixV4, prefixV6 } = limit;
    this.limits[step.gate]?.set(policy, limit);
    // Prefixes change for all gates at once, the rest of a rule for each when it hears of it.
    for (const limits of this.limits) {
      const known = limits.get(policy);
      if (known !== undefined) limits.set(policy, { ...known, prefixV4, prefixV6 });
    }
    assert.ok(changeKeys(this.table, this.ledgers, [limit], this.now));
    const inOrder = [...this.held].sort((a, b) => a.gate - b.gate || a.connection - b.connection);
    for (const held of inOrder) this.model.rekey(limit, held.model);
  }

  #lift(step: StepOf<'lift'>): void {
    const text = addresses[step.address] ?? '';
    const isLifted = this.model.lift(step.policy, bitsOf(words(text)), this.now);
    assert.equal(liftBlock(this.table, step.policy, text, this.now), isLifted ? 'lifted' : 'not-blocked');
  }

  #restore(step: StepOf<'restore'>): void {
    const { policy, reason } = step;
    const source = addresses[step.address] ?? '';
    const prefix = step.prefixes[source.includes(':') ? 1 : 0] ?? 0;
    const until = this.now + step.lasts;
    this.model.restore(policy, bitsOf(words(source)), prefix, { reason, until }, this.now);
    const result = restoreBlock(this.table, { policy, source, prefix, reason, until }, this.now);
    assert.equal(result, step.lasts > 0 ? 'restored' : 'ended');
  }

  #die({ gate: index, cutShort: seed }: StepOf<'death'>): void {
    if (seed !== null) cutShort(this.table, this.ledgers, index + 1, seed);
    assert.ok(recoverWorker(this.table, this.ledgers, index + 1));
    const { fullPolicy } = this.gate(index);
    const successor = this.#makeGate(index);
    successor.fullPolicy = fullPolicy;
    this.gates[index] = successor;
    for (const held of this.held) if (held.gate === index) this.model.release(held.model);
    this.held = this.held.filter((held) => held.gate !== index);
  }

  #sweep(): void {
    const lines: EpisodeLine[] = [];
    assert.ok(atOnce(sweepEpisodes(this.table, this.now, interval, (line) => lines.push(line))));
    this.#compareLines(lines, this.model.sweep(this.now, interval));
  }

  #clear(step: StepOf<'clear'>): void {
    const lines: EpisodeLine[] = [];
    assert.ok(atOnce(clearPolicy(this.table, step.policy, this.now, (line) => lines.push(line))));
    this.#compareLines(lines, this.model.clearPolicy(step.policy, this.now));
  }

  run(step: Step): void {
    if (step.kind === 'admit') this.#admit(step);
    else if (step.kind === 'hold') this.#hold(step);
    else if (step.kind === 'identify') this.#identify(step);
    else if (step.kind === 'release') this.#release(step);
    else if (step.kind === 'silent') this.#silent(step);
    else if (step.kind === 'advance') this.now += step.by;
    else if (step.kind === 'sweep') this.#sweep();
    else if (step.kind === 'change') this.#change(step);
    else if (step.kind === 'clear') this.#clear(step);
    else if (step.kind === 'lift') this.#lift(step);
    else if (step.kind === 'restore') this.#restore(step);
    else this.#die(step);
  }

  /** Everything that the table says, against everything that the model says. */
  compareAll(): void {
    const actual = new Map<string, unknown>();
    const running = { violations: 0, wouldRefuses: 0 };
    assert.ok(
      atOnce(
        listSources(this.table, this.now, (source) => {
          if (source.policy === filling) return;
          const key = keyOfSource(source);
          assert.ok(!actual.has(key), `${key} is in the table twice`);
          const { policy: _policy, source: _source, prefix: _prefix, ...state } = source;
          actual.set(key, state);
          running.violations += source.episode?.count ?? 0;
          running.wouldRefuses += source.episode?.wouldRefuse ?? 0;
        }),
      ),
    );
    const expected = new Map<string, unknown>();
    for (const [key, source] of this.model.sources) {
      const { episode } = source;
      expected.set(key, {
        open: source.held.size,
        silent: silentIn(source.held),
        shadow: source.shadow.size,
        shadowSilent: silentIn(source.shadow),
        peak: source.peak,
        refused: source.refused,
        blockedUntil: source.block?.until ?? null,
        shadowBlockedUntil: source.shadowBlock?.until ?? null,
        reason: episode?.reason ?? source.block?.reason ?? source.shadowBlock?.reason ?? null,
        episode: episode && {
          reason: episode.reason,
          count: episode.count,
          wouldRefuse: episode.wouldRefuse,
          total: episode.total,
          duration: episode.last - episode.first,
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
    this.#compareBlocks();
    assert.equal(this.reported.violations + running.violations, this.model.violations);
    assert.equal(this.reported.wouldRefuses + running.wouldRefuses, this.model.wouldRefuses);
  }

  #compareBlocks(): void {
    const blocks: Block[] = [];
    assert.ok(atOnce(listBlocks(this.table, this.now, (block) => blocks.push(block))));
    const actual = new Map(blocks.map((block) => [keyOfSource(block), [block.reason, block.until]]));
    const expected = new Map<string, unknown>();
    for (const { key, block } of this.model.sources.values()) {
      if (block !== null && block.until > this.now) expected.set(key, [block.reason, block.until]);
    }
    assert.deepEqual(actual, expected);
  }
}
