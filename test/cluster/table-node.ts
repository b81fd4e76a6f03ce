import type { Frame } from '../../src/cluster/counts/frame.ts';
import type { SharedCounts, Timing } from '../../src/cluster/counts/shared-counts.ts';
import { nameOfSource } from '../../src/cluster/counts/source-name.ts';
import { MAPPED_BITS } from '../../src/net/address.ts';
import { CountKeeper } from '../../src/supervisor/cluster/count-keeper.ts';
import { SharedPolicies } from '../../src/supervisor/cluster/shared-policies.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { type Limit, limitOf } from '../../src/verdict/judge/limit.ts';
import { isAdmitted } from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { policyOf, ruleOf } from '../policy/snapshots.ts';
import { words } from '../verdict/addresses.ts';
import { type ModelMember, ModelStore, type Rule } from './model.ts';

/** A node as it is: a sources table, a gate that judges by it, and what keeps the two in touch with others. */
export class TableNode implements ModelMember {
  readonly name: string;
  readonly counts: SharedCounts;
  inbox: Frame[] = [];
  isReached = true;
  readonly table = createSourcesTable(1024);
  readonly #clock: () => number;
  readonly #limit: Limit;
  readonly #key: string;
  readonly #gate: Gate;
  readonly #keeper: CountKeeper;
  /** The connections of each source. */
  readonly #held = new Map<string, number[]>();

  constructor(name: string, epoch: number, rule: Rule, timing: Timing, clock: () => number) {
    this.name = name;
    this.#clock = clock;
    const { limit, allowance, onPartition } = rule;
    // Without episodes: they would keep sources for as long as they last.
    const policy = policyOf({ rule: ruleOf({ threshold: limit, action: 'deny_no_log' }) });
    this.#limit = limitOf(policy);
    this.#gate = new Gate(this.table, [createLedger(1000)], 1);
    const policies = new SharedPolicies(new Map([[1, policy]]), { keyOf: () => 'web' }, allowance);
    this.#key = policies.ofId(1)?.key ?? '';
    const settings = { onPartition, blindAllowance: allowance };
    const self = { node: name, epoch };
    this.#keeper = new CountKeeper(this.table, self, timing, policies, settings, () => {});
    this.counts = this.#keeper.counts;
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

  #named(source: string): string {
    return nameOfSource({ policy: this.#key, prefix: MAPPED_BITS + 32, address: words(source) });
  }
}

export function clusterOfTables(nodes: number, rule: Rule, timing: Timing): ModelStore<TableNode> {
  const store = new ModelStore<TableNode>();
  for (let number = 1; number <= nodes; number++)
    store.join(new TableNode(`n${number}`, 1, rule, timing, () => store.now));
  store.run(2000);
  return store;
}
