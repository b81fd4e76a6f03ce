import assert from 'node:assert/strict';
import type { Frame } from '../../src/cluster/counts/frame.ts';
import type { SharedCounts, Timing } from '../../src/cluster/counts/shared-counts.ts';
import { nameOfSource } from '../../src/cluster/counts/source-name.ts';
import type { CountSettings } from '../../src/cluster/settings.ts';
import { MAPPED_BITS } from '../../src/net/address.ts';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import { CountKeeper } from '../../src/supervisor/cluster/count-keeper.ts';
import { SharedPolicies } from '../../src/supervisor/cluster/shared-policies.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { type Limit, limitOf } from '../../src/verdict/judge/limit.ts';
import { isAdmitted } from '../../src/verdict/judge/verdict.ts';
import { KEY_ADDRESS, KEY_WORDS, writeKey } from '../../src/verdict/table/key.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { changeKeys } from '../../src/verdict/upkeep/keys.ts';
import { policyOf, ruleOf } from '../policy/snapshots.ts';
import { words } from '../verdict/addresses.ts';
import { type ModelMember, ModelStore, type Rule } from './model.ts';

/** A node as it is: a sources table, a gate that judges by it, and what keeps the two in touch with others. */
export class TableNode implements ModelMember {
  readonly name: string;
  readonly counts: SharedCounts;
  inbox: Frame[] = [];
  isReached = true;
  readonly table: SharedArrayBuffer;
  /** Policies that another node was found to count otherwise. */
  readonly differing: string[] = [];
  readonly #ledgers: readonly SharedArrayBuffer[];
  readonly #clock: () => number;
  readonly #gate: Gate;
  readonly #keeper: CountKeeper;
  readonly #settings: CountSettings;
  #policy: PolicySnapshot;
  #policies: SharedPolicies;
  /** The connections of each source. */
  readonly #held = new Map<string, number[]>();

  /** `sources`: that its table has room for; and a ledger for twice as many connections. */
  constructor(name: string, epoch: number, rule: Rule, timing: Timing, clock: () => number, sources = 1024) {
    this.name = name;
    this.table = createSourcesTable(sources);
    this.#ledgers = [createLedger(2 * sources)];
    this.#clock = clock;
    const { limit, allowance, onPartition } = rule;
    // Without episodes: they would keep sources for as long as they last.
    this.#policy = policyOf({ rule: ruleOf({ threshold: limit, action: 'deny_no_log' }) });
    this.#gate = new Gate(this.table, this.#ledgers, 1);
    this.#settings = { onPartition, blindAllowance: allowance };
    this.#policies = this.#shared();
    const self = { node: name, epoch };
    this.#keeper = new CountKeeper(this.table, self, timing, this.#policies, this.#settings, (policy) =>
      this.differing.push(policy),
    );
    this.counts = this.#keeper.counts;
  }

  /** It has another policy in the place of its own. */
  change(policy: Partial<PolicySnapshot>): void {
    this.#policy = { ...this.#policy, ...policy };
    assert.ok(changeKeys(this.table, this.#ledgers, [this.#limit], this.#clock()));
    this.#policies = this.#shared();
    this.#keeper.change(this.#policies, this.#settings);
  }

  open(source: string): number {
    return this.#held.get(source)?.length ?? 0;
  }

  own(source: string): number {
    return this.counts.told(this.#named(source));
  }

  remote(source: string): number {
    return this.counts.remote.get(this.#named(source)) ?? 0;
  }

  admits(source: string): boolean {
    const admitted = this.connect(source);
    if (admitted) this.close(source);
    return admitted;
  }

  connect(source: string): boolean {
    const verdict = this.#gate.admit(this.#limit, words(source), this.#clock());
    if (!isAdmitted(verdict)) return false;
    const held = this.#held.get(source) ?? [];
    this.#held.set(source, [...held, this.#gate.judgement.connection]);
    return true;
  }

  close(source: string): void {
    const connection = this.#held.get(source)?.pop();
    if (connection !== undefined) this.#gate.release(connection);
  }

  beat(now: number): Frame | null {
    return this.#keeper.beat(now, true);
  }

  hear(frame: Frame, now: number): void {
    this.#keeper.hear(frame, now);
  }

  get #limit(): Limit {
    return limitOf(this.#policy);
  }

  #shared(): SharedPolicies {
    const policies = new Map([[this.#policy.id, this.#policy]]);
    const keys = { keyOf: (id: number) => policies.get(id)?.name };
    return new SharedPolicies(policies, keys, this.#settings.blindAllowance);
  }

  #named(source: string): string {
    const key = this.#policies.ofId(this.#policy.id)?.key ?? '';
    const { prefixV4 } = this.#limit;
    const parts = new Int32Array(KEY_WORDS);
    writeKey(parts, this.#limit, words(source), 0);
    const address = Uint32Array.from(parts.subarray(KEY_ADDRESS, KEY_ADDRESS + 4));
    return nameOfSource({ policy: key, prefix: MAPPED_BITS + prefixV4, address });
  }
}

export function clusterOfTables(nodes: number, rule: Rule, timing: Timing): ModelStore<TableNode> {
  const store = new ModelStore<TableNode>();
  for (let number = 1; number <= nodes; number++)
    store.join(new TableNode(`n${number}`, 1, rule, timing, () => store.now));
  store.run(2000);
  return store;
}
