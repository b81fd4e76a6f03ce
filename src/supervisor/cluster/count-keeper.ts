import type { Frame, Incarnation, WholeRow } from '../../cluster/counts/frame.ts';
import { sourcesInAStep } from '../../cluster/counts/in-turns.ts';
import { SharedCounts, type Timing } from '../../cluster/counts/shared-counts.ts';
import type { CountSettings } from '../../cluster/settings.ts';
import type { SharedSourceReport } from '../../system/reports/cluster.ts';
import type { Steps } from '../../time/time-slice.ts';
import { SharedSlots } from '../../verdict/upkeep/sharing.ts';
import type { SourceIdentity } from '../../verdict/upkeep/source-state.ts';
import { Top } from '../../verdict/upkeep/top.ts';
import type { SharedPolicies } from './shared-policies.ts';
import { type Differs, SharedSources } from './shared-sources.ts';
import { sharingOf } from './standing.ts';

/** The counts of the sources table among those of all nodes: everything but the way to the others, and a clock. */
export class CountKeeper {
  readonly counts: SharedCounts;
  readonly #self: Incarnation;
  readonly #slots: SharedSlots;
  readonly #sources: SharedSources;
  #settings: CountSettings;
  /** All that was held here in the beginning is known, or fits into one frame. */
  #isPrepared = false;

  /** Moments are of the clock of `Gate.admit`. */
  constructor(
    table: SharedArrayBuffer,
    self: Incarnation,
    timing: Timing,
    policies: SharedPolicies,
    settings: CountSettings,
    differs: Differs,
  ) {
    this.#self = self;
    this.#settings = settings;
    this.#slots = new SharedSlots(table);
    this.#sources = new SharedSources(this.#slots, policies, differs);
    this.counts = new SharedCounts(self, this.#sources, timing);
    this.#stand();
  }

  /** What is to be told now; null: nothing yet. `mayBeHeard`: there is a way to the others. */
  beat(now: number, mayBeHeard: boolean): Frame | null {
    this.#sources.collect(this.counts, now);
    // Others take it that what they are told was counted with all that was heard of them.
    const isBehind = this.#sources.isBehind;
    this.#isPrepared ||= this.counts.prepare() && this.#sources.isWhole;
    const isHeard = mayBeHeard && this.#isPrepared;
    const frame = isBehind ? null : this.counts.beat(now, isHeard);
    this.#sources.tidy();
    this.#stand();
    return isHeard ? frame : null;
  }

  /** Returns whether it can be. */
  hear(frame: Frame, now: number): boolean {
    const isPossible = this.counts.hear(frame, now);
    this.#stand();
    return isPossible;
  }

  load(whole: WholeRow): Steps<void> {
    return this.counts.load(whole);
  }

  change(policies: SharedPolicies, settings: CountSettings): void {
    this.#settings = settings;
    this.#sources.change(policies, this.counts);
    this.#stand();
  }

  /** This node counts by itself from now on. Returns false: to be called again in a later turn. */
  end(): boolean {
    this.#slots.stand(0, 0, 0);
    return this.#sources.end();
  }

  /** So many of the sources that are told of, those that hold the most in all first. */
  *topSources(count: number): Steps<readonly SharedSourceReport[]> {
    const { counts } = this;
    const top = new Top<string>(count);
    let looked = 0;
    const others = [...counts.remote.keys()].filter((source) => counts.told(source) === 0);
    const told = yield* counts.row();
    for (const source of [...told.map(([name]) => name), ...others]) {
      const total = counts.told(source) + (counts.remote.get(source) ?? 0);
      if (top.takes(total)) top.add(total, source);
      looked += 1;
      if (looked % sourcesInAStep === 0) yield;
    }
    return top.inOrder().flatMap((source) => this.#report(source) ?? []);
  }

  heldElsewhere(source: SourceIdentity): number {
    const name = this.#sources.nameOf(source);
    return name === null ? 0 : (this.counts.remote.get(name) ?? 0);
  }

  #report(source: string): SharedSourceReport | null {
    const { counts } = this;
    const named = this.#sources.identity(source);
    if (named === null) return null;
    const own = counts.told(source);
    const held = counts.peers.map((peer) => ({ node: peer.node, open: peer.open(source) }));
    const nodes = [{ node: this.#self.node, open: own }, ...held].filter(({ open }) => open > 0);
    return {
      ...named,
      own,
      remote: counts.remote.get(source) ?? 0,
      nodes: nodes.sort((one, other) => (one.node < other.node ? -1 : 1)),
    };
  }

  /** Lets the verdict know how this node stands. */
  #stand(): void {
    const { standing, nodes, heardUntil } = this.counts;
    const { onPartition, blindAllowance } = this.#settings;
    this.#slots.stand(sharingOf(standing, onPartition, nodes), heardUntil, blindAllowance);
  }
}
