import { mostAtOnce } from '../../cluster/counts/in-turns.ts';
import type { CountWords, SharedCounts } from '../../cluster/counts/shared-counts.ts';
import { nameOfSource, sourceNamed } from '../../cluster/counts/source-name.ts';
import { addressOf, formatAddress, isIPv4, MAPPED_BITS } from '../../net/address.ts';
import type { SharedSlots, SlotIdentity } from '../../verdict/upkeep/sharing.ts';
import type { SourceIdentity } from '../../verdict/upkeep/source-state.ts';
import { sourceText } from '../reports/source-text.ts';
import { hasPrefix, type SharedPolicies, type SharedPolicy } from './shared-policies.ts';

/** Slots that are marked in one turn: about a millisecond. */
const slotsAtOnce = 100_000;

/** A source whose slot is kept, so that its words can be written. */
type Kept = { readonly slot: number; policy: SharedPolicy; base: number; remote: number };

/** Hears of a policy of this node whose sources another tells apart by another prefix, and of one of those. */
export type Differs = (policy: string, source: string) => void;

/**
 * The sources of the table by the names that nodes have for them. A slot is kept while what its source holds here is worth
 * telling, while others may hold some of that, and while it holds so much elsewhere that the limit could be passed: of all
 * others nobody knows anything.
 */
export class SharedSources implements CountWords {
  readonly #slots: SharedSlots;
  readonly #differs: Differs;
  #policies: SharedPolicies;
  readonly #kept = new Map<string, Kept>();
  readonly #names = new Map<number, string>();
  /** Those that may have to be let go. */
  readonly #loose = new Set<string>();
  /** Slots that are nobody's any more and wait for their shard. */
  readonly #leaving = new Set<number>();
  /** Sources whose counts elsewhere wait for their shard. */
  readonly #due = new Map<string, number>();
  /** The shard whose slots are to be looked at next, whether they have changed or not; null: none is. */
  #shard: number | null = 0;
  #isWhole = false;
  /** When it was looked at the sources last. */
  #now = 0;

  constructor(slots: SharedSlots, policies: SharedPolicies, differs: Differs) {
    this.#slots = slots;
    this.#policies = policies;
    this.#differs = differs;
  }

  /** All sources were looked at that were there in the beginning. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** What others hold is known, and not written where the verdict reads it. */
  get isBehind(): boolean {
    return this.#due.size > 0;
  }

  own(source: string): number {
    const kept = this.#kept.get(source);
    if (kept === undefined) return 0;
    const open = this.#slots.open(kept.slot);
    return open < kept.policy.worth ? 0 : open;
  }

  setBase(source: string, base: number): void {
    const kept = this.#kept.get(source);
    if (kept === undefined) return;
    kept.base = base;
    this.#slots.setBase(kept.slot, base);
    if (base === 0) this.#loose.add(source);
  }

  setRemote(source: string, remote: number): void {
    const kept = this.#kept.get(source);
    if (kept === undefined) {
      this.#place(source, remote);
      return;
    }
    kept.remote = remote;
    this.#slots.setRemote(kept.slot, remote);
    if (!needsSlot(kept.policy, remote)) this.#loose.add(source);
  }

  /** Which source of which policy this is the name of; null: of none of this node. */
  identity(source: string): { readonly policy: string; readonly source: string } | null {
    const named = sourceNamed(source);
    const policy = named === null ? undefined : this.#policies.ofKey(named.policy);
    if (named === null || policy === undefined) return null;
    const { address, prefix } = named;
    const length = isIPv4(address) ? prefix - MAPPED_BITS : prefix;
    return {
      policy: policy.name,
      source: sourceText({ ...{ policy: policy.id, prefix: length }, source: formatAddress(address) }),
    };
  }

  /** What nodes call a source of this one; null: its policy is not shared. */
  nameOf({ policy: id, source, prefix }: SourceIdentity): string | null {
    const policy = this.#policies.ofId(id);
    const address = addressOf(source);
    if (policy === undefined || address === null) return null;
    return nameUnder(policy, {
      policy: id,
      prefix: isIPv4(address) ? MAPPED_BITS + prefix : prefix,
      address,
    });
  }

  /** Tells of all sources that may hold more or fewer connections than before. */
  collect(counts: SharedCounts, now: number): void {
    this.#now = now;
    for (const [source, remote] of [...this.#due.entries().take(mostAtOnce)]) this.#place(source, remote);
    const areMarked = this.#markSome();
    const busy: number[] = [];
    const areSeen = this.#slots.changed(mostAtOnce, (slot) => {
      const source = this.#names.get(slot);
      if (source !== undefined) counts.touch(source);
      else if (this.#isWorthTelling(slot) && !this.#keep(slot, counts)) busy.push(slot);
    });
    for (const slot of busy) this.#slots.again(slot);
    this.#isWhole ||= areMarked && areSeen;
  }

  /** Lets go of some of what nobody needs. */
  tidy(): void {
    for (const slot of this.#leaving.values().take(mostAtOnce))
      if (this.#slots.release(slot)) this.#leaving.delete(slot);
    for (const source of this.#loose.values().take(mostAtOnce)) {
      this.#loose.delete(source);
      const kept = this.#kept.get(source);
      if (kept === undefined || kept.base > 0 || this.own(source) > 0) continue;
      if (needsSlot(kept.policy, kept.remote)) continue;
      this.#drop(source, kept);
    }
  }

  /** Lets go of all. Returns false: some wait for their shard; try again in a later turn. */
  end(): boolean {
    for (const [source, kept] of [...this.#kept]) this.#drop(source, kept);
    this.tidy();
    return this.#leaving.size === 0;
  }

  change(policies: SharedPolicies, counts: SharedCounts): void {
    if (policies.equals(this.#policies)) return;
    this.#policies = policies;
    for (const [source, kept] of [...this.#kept]) {
      const identity = this.#slots.identity(kept.slot);
      const policy = policies.ofId(identity.policy);
      if (policy !== undefined && nameUnder(policy, identity) === source) kept.policy = policy;
      else this.#drop(source, kept);
      counts.touch(source);
    }
    this.#shard = 0;
    for (const [source, remote] of counts.remote) if (!this.#kept.has(source)) this.#place(source, remote);
  }

  /** Has some of all slots looked at, as if they had changed, while there are any that were not. Returns whether none are. */
  #markSome(): boolean {
    let slots = 0;
    while (this.#shard !== null && slots < slotsAtOnce) {
      const marked = this.#slots.markShard(this.#shard);
      this.#shard = marked === null ? null : this.#shard + 1;
      slots += marked ?? 0;
    }
    return this.#shard === null;
  }

  #isWorthTelling(slot: number): boolean {
    const policy = this.#policies.ofId(this.#slots.policyOf(slot));
    return policy !== undefined && this.#slots.open(slot) >= policy.worth;
  }

  /** False: its shard is busy. */
  #keep(slot: number, counts: SharedCounts): boolean {
    const identity = this.#slots.keep(slot);
    if (identity === null) return false;
    if (identity === 'free') return true;
    const policy = this.#policies.ofId(identity.policy);
    const source = policy === undefined ? null : nameUnder(policy, identity);
    if (policy === undefined || source === null) {
      this.#leaving.add(slot);
      return true;
    }
    this.#enter(source, slot, policy, counts.remote.get(source) ?? 0);
    counts.touch(source);
    return true;
  }

  /** What a source without a slot holds elsewhere. */
  #place(source: string, remote: number): void {
    this.#due.delete(source);
    const named = sourceNamed(source);
    const policy = named === null ? undefined : this.#policies.ofKey(named.policy);
    if (named === null || policy === undefined) return;
    if (!hasPrefix(policy, named.address, named.prefix)) {
      this.#differs(policy.name, source);
      return;
    }
    if (!needsSlot(policy, remote)) return;
    const slot = this.#slots.place({ ...named, policy: policy.id }, this.#now);
    if (slot === null) this.#due.set(source, remote);
    else if (slot !== 0) this.#enter(source, slot, policy, remote);
  }

  #enter(source: string, slot: number, policy: SharedPolicy, remote: number): void {
    this.#leaving.delete(slot);
    this.#kept.set(source, { slot, policy, base: 0, remote });
    this.#names.set(slot, source);
    this.#slots.setRemote(slot, remote);
    this.#loose.add(source);
  }

  #drop(source: string, { slot }: Kept): void {
    this.#kept.delete(source);
    this.#names.delete(slot);
    if (!this.#slots.release(slot)) this.#leaving.add(slot);
  }
}

/** Whether the allowance alone does not keep a source below the limit that holds so much elsewhere. */
function needsSlot({ limit, allowance }: SharedPolicy, remote: number): boolean {
  return remote > limit - allowance;
}

/** Null: the policy tells its sources apart otherwise. */
function nameUnder(policy: SharedPolicy, { prefix, address }: SlotIdentity): string | null {
  if (!hasPrefix(policy, address, prefix)) return null;
  return nameOfSource({ policy: policy.key, prefix, address });
}
