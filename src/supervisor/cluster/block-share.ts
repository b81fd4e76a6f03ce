import { type BlockRecord, nameOf } from '../../cluster/blocks/block-record.ts';
import { SharedBlocks } from '../../cluster/blocks/shared-blocks.ts';
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
  #names: ReadonlyMap<number, string>;
  /** Row ids of policies, as they were called when somebody asked. */
  readonly #ids = new Map<string, number>();

  constructor(host: BlockShareHost) {
    this.#host = host;
    this.shared = new SharedBlocks(host.node);
    this.#known = new KnownBlocks(host.table);
    this.#names = new Map([...host.policies].map(([id, { name }]) => [id, name]));
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
    const name = this.#host.policies.get(policy)?.name;
    if (name === undefined) return null;
    return this.shared.lifted({ policy: name, source, prefix }, by, this.#host.storeNow());
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
   * Policies have come, gone, or have other names: what this node has said under a name that is another's now is taken
   * back, and what it has to say is said anew. Returns what others are to be told.
   */
  policiesChanged(): readonly BlockRecord[] {
    const { policies, node, storeNow } = this.#host;
    const names = new Map([...policies].map(([id, { name }]) => [id, name]));
    const taken = new Set(
      [...names].filter(([id, name]) => this.#names.get(id) !== name).map(([, name]) => name),
    );
    const isLost = ([id, name]: readonly [number, string]): boolean =>
      names.get(id) !== name && (names.has(id) || taken.has(name));
    const lost = new Set([...this.#names].filter(isLost).map(([, name]) => name));
    this.#names = names;
    for (const [name, record] of this.#strange) this.#due.set(name, record);
    this.#strange.clear();
    if (lost.size === 0) return [];
    this.#known.clear();
    this.#told = undefined;
    const now = storeNow();
    return [...this.shared.records]
      .filter((record) => record.node === node && record.end > now && lost.has(record.policy))
      .map((record) => this.shared.lifted(record, 'another name of the policy', now));
  }

  *#list(records: BlockRecord[]): Steps<boolean> {
    const { table, policies, storeNow } = this.#host;
    const now = monotonicNow();
    return yield* listBlocks(
      table,
      now,
      ({ policy, source, prefix, reason, until }, place) => {
        this.#known.add(place);
        const name = policies.get(policy)?.name;
        if (name === undefined) return;
        const end = storeNow() + until - now;
        const record = this.shared.began({ policy: name, source, prefix }, end, reason, storeNow());
        if (record !== null) records.push(record);
      },
      this.#known,
    );
  }

  #apply(record: BlockRecord): void {
    const { table, storeNow } = this.#host;
    const policy = this.#policyNamed(record.policy);
    if (policy === undefined) {
      if (this.#strange.size < mostDue) this.#strange.set(nameOf(record), record);
      return;
    }
    const { rule } = policy;
    const isV6 = record.source.includes(':');
    if (rule !== null && record.prefix !== (isV6 ? rule.prefixV6 : rule.prefixV4)) {
      this.#host.differs(record.policy, record.node);
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

  #policyNamed(name: string): PolicySnapshot | undefined {
    const { policies } = this.#host;
    const known = policies.get(this.#ids.get(name) ?? 0);
    if (known?.name === name) return known;
    const found = policies.values().find((policy) => policy.name === name);
    if (found !== undefined) this.#ids.set(name, found.id);
    return found;
  }

  #wait(record: BlockRecord): void {
    if (this.#due.size < mostDue) this.#due.set(nameOf(record), record);
  }
}
