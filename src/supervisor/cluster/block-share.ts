import { type BlockRecord, nameOf } from '../../cluster/blocks/block-record.ts';
import { SharedBlocks } from '../../cluster/blocks/shared-blocks.ts';
import type { PolicyKeys } from '../../cluster/policy-keys.ts';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { BlockedSource } from '../../system/kept-blocks.ts';
import { inTurns, type Steps, TimeSlice } from '../../time/time-slice.ts';
import { reasonNamed } from '../../verdict/table/reasons.ts';
import { blocksStarted, KnownBlocks, liftBlock, listBlocks, setBlock } from '../../verdict/upkeep/blocks.ts';
import type { SourceIdentity } from '../../verdict/upkeep/source-state.ts';

/** Records that wait for a policy of their name, and those that wait for a busy shard. */
const mostDue = 100_000;

export type BlockShareHost = {
  readonly table: SharedArrayBuffer;
  readonly node: string;
  readonly policies: ReadonlyMap<number, PolicySnapshot>;
  readonly keys: PolicyKeys;
  /** Milliseconds of the clock of the store. */
  readonly storeNow: () => number;
  /** Others have lifted these blocks. */
  readonly lifted: (sources: readonly BlockedSource[]) => void;
  /** Another node counts the sources of a policy by another prefix: their blocks are of no use here. */
  readonly differs: (policy: string, node: string) => void;
};

/** The blocks of the sources table, and those that all nodes know. */
export class BlockShare {
  readonly shared: SharedBlocks;
  readonly #host: BlockShareHost;
  /** Those of the table that the others know of. */
  readonly #known: KnownBlocks;
  /** `blocksStarted` when all blocks of the table were told last. */
  #told: number | undefined;
  readonly #due = new Map<string, BlockRecord>();
  readonly #strange = new Map<string, BlockRecord>();
  /** Of policies, by row id, when they changed last. */
  #keys: ReadonlyMap<number, string>;

  constructor(host: BlockShareHost) {
    this.#host = host;
    this.shared = new SharedBlocks(host.node);
    this.#known = new KnownBlocks(host.table);
    this.#keys = host.keys.all();
  }

  /** What has begun here since this was last asked. */
  async collect(): Promise<readonly BlockRecord[]> {
    const { table } = this.#host;
    const begun = blocksStarted(table);
    if (begun === this.#told) return [];
    const records: BlockRecord[] = [];
    const isComplete = await inTurns(this.#list(records));
    if (isComplete) this.#told = begun;
    return records;
  }

  /** Its block was lifted here. Null: its policy is gone. */
  lift({ policy, source, prefix }: BlockedSource, by: string): BlockRecord | null {
    const key = this.#host.keys.keyOf(policy);
    if (key === undefined) return null;
    return this.shared.lifted({ policy: key, source, prefix }, by, this.#host.storeNow());
  }

  /** Takes what another node says. Returns what it is to be told. */
  take(record: BlockRecord): BlockRecord | null {
    const taken = this.shared.take(record, this.#host.storeNow());
    if (taken?.kind === 'tell') return taken.record;
    if (taken !== null) this.#apply(taken.record);
    return null;
  }

  /** Tries again what could not be done when it came. */
  async retry(): Promise<void> {
    if (this.#due.size === 0) return;
    const due = [...this.#due.values()];
    this.#due.clear();
    const slice = new TimeSlice();
    for (const record of due) {
      if (this.shared.get(nameOf(record)) === record) this.#apply(record);
      if (slice.isOver) await slice.renew();
    }
  }

  /**
   * Policies have come, gone, or have other keys: what this node has said under a key that is another's now is taken
   * back, and what it has to say is said anew. Returns what others are to be told.
   */
  policiesChanged(): readonly BlockRecord[] {
    const { node, storeNow } = this.#host;
    const keys = this.#host.keys.all();
    const taken = new Set([...keys].filter(([id, key]) => this.#keys.get(id) !== key).map(([, key]) => key));
    const isLost = ([id, key]: readonly [number, string]): boolean =>
      keys.get(id) !== key && (keys.has(id) || taken.has(key));
    const lost = new Set([...this.#keys].filter(isLost).map(([, key]) => key));
    this.#keys = keys;
    for (const [name, record] of this.#strange) this.#due.set(name, record);
    this.#strange.clear();
    if (lost.size === 0) return [];
    this.#known.clear();
    this.#told = undefined;
    const now = storeNow();
    return [...this.shared.records]
      .filter((record) => record.node === node && record.end > now && lost.has(record.policy))
      .map((record) => this.shared.lifted(record, 'another key of the policy', now));
  }

  *#list(records: BlockRecord[]): Steps<boolean> {
    const { table, keys, storeNow } = this.#host;
    const now = monotonicNow();
    return yield* listBlocks(
      table,
      now,
      ({ policy, source, prefix, reason, until }, place) => {
        this.#known.add(place);
        const key = keys.keyOf(policy);
        if (key === undefined) return;
        const end = storeNow() + until - now;
        const record = this.shared.began({ policy: key, source, prefix }, end, reason, storeNow());
        if (record !== null) records.push(record);
      },
      this.#known,
    );
  }

  #apply(record: BlockRecord): void {
    const { table, storeNow } = this.#host;
    const policy = this.#policyOf(record.policy);
    if (policy === undefined) {
      if (this.#strange.size < mostDue) this.#strange.set(nameOf(record), record);
      return;
    }
    const { rule } = policy;
    const isV6 = record.source.includes(':');
    if (rule !== null && record.prefix !== (isV6 ? rule.prefixV6 : rule.prefixV4)) {
      this.#host.differs(policy.name, record.node);
      return;
    }
    const now = monotonicNow();
    if (record.end === 0) {
      const lifted: SourceIdentity[] = [];
      const network = `${record.source}/${record.prefix}`;
      const result = liftBlock(table, policy.id, network, now, (source) => lifted.push(source));
      this.#host.lifted(lifted);
      if (result === 'busy') this.#wait(record);
      return;
    }
    const until = now + record.end - storeNow();
    const block = { policy: policy.id, source: record.source, prefix: record.prefix, until };
    const result = setBlock(table, { ...block, reason: reasonNamed(record.by) }, now, this.#known);
    if (result === 'busy') this.#wait(record);
  }

  #policyOf(key: string): PolicySnapshot | undefined {
    const { keys, policies } = this.#host;
    const row = keys.rowOf(key);
    return row === undefined ? undefined : policies.get(row);
  }

  #wait(record: BlockRecord): void {
    if (this.#due.size < mostDue) this.#due.set(nameOf(record), record);
  }
}
