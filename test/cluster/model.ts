import type { Frame, WholeRow } from '../../src/cluster/counts/frame.ts';
import { type CountWords, SharedCounts, type Timing } from '../../src/cluster/counts/shared-counts.ts';
import type { OnPartition } from '../../src/cluster/settings.ts';
import { sharingOf } from '../../src/supervisor/cluster/standing.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { mostHere } from '../../src/verdict/judge/shared-limit.ts';
import { CUT_OFF, nodesIn, partitionIn, standingIn } from '../../src/verdict/table/sharing.ts';

export const timing: Timing = { lease: 3000, patience: 2000, listening: 1000 };

export type Rule = {
  readonly limit: number;
  readonly allowance: number;
  /** Fewer connections than these need not be known to others; at most the allowance. */
  readonly worthFrom: number;
  readonly onPartition: OnPartition;
};

/** A node of a model: what it has told, and what sources hold there. */
export interface ModelMember {
  readonly name: string;
  readonly counts: SharedCounts;
  /** What the store has sent it, and it has not heard yet. */
  inbox: Frame[];
  isReached: boolean;
  open(source: string): number;
  /** What it is to tell of a source. */
  own(source: string): number;
  /** What it knows of others. */
  remote(source: string): number;
  admits(source: string): boolean;
  connect(source: string): boolean;
  close(source: string): void;
  beat(now: number): Frame | null;
  hear(frame: Frame, now: number): void;
}

/** A node as the verdict sees it: the words of its sources, and what it admits by them. */
export class ModelNode implements CountWords, ModelMember {
  readonly name: string;
  readonly counts: SharedCounts;
  readonly #epoch: number;
  readonly #rule: Rule;
  readonly #times: Timing;
  readonly #own = new Map<string, number>();
  readonly #base = new Map<string, number>();
  readonly #remote = new Map<string, number>();
  inbox: Frame[] = [];
  isReached = true;

  constructor(name: string, epoch: number, rule: Rule, times: Timing = timing) {
    this.name = name;
    this.#epoch = epoch;
    this.#rule = rule;
    this.#times = times;
    this.counts = new SharedCounts({ node: name, epoch }, this, times);
  }

  /** Another process that is this node from now on, and has its connections. */
  heir(): ModelNode {
    const heir = new ModelNode(this.name, this.#epoch + 1, this.#rule, this.#times);
    for (const [source, open] of this.#own) heir.#change(source, open);
    return heir;
  }

  open(source: string): number {
    return this.#own.get(source) ?? 0;
  }

  remote(source: string): number {
    return this.#remote.get(source) ?? 0;
  }

  own(source: string): number {
    const open = this.open(source);
    return open < this.#rule.worthFrom ? 0 : open;
  }

  setBase(source: string, base: number): void {
    this.#base.set(source, base);
  }

  setRemote(source: string, remote: number): void {
    this.#remote.set(source, remote);
  }

  admits(source: string): boolean {
    const { limit, allowance, onPartition } = this.#rule;
    const sharing = sharingOf(this.counts.standing, onPartition, this.counts.nodes);
    const standing = standingIn(sharing);
    const elsewhere = standing === CUT_OFF ? 0 : this.remote(source);
    const base = this.#base.get(source) ?? 0;
    const own = this.open(source);
    return (
      own + elsewhere < limit &&
      own < mostHere(standing, partitionIn(sharing), nodesIn(sharing), limit, allowance, base)
    );
  }

  connect(source: string): boolean {
    const admitted = this.admits(source);
    if (admitted) this.#change(source, 1);
    return admitted;
  }

  close(source: string): void {
    if (this.open(source) > 0) this.#change(source, -1);
  }

  beat(now: number): Frame {
    return this.counts.beat(now);
  }

  hear(frame: Frame, now: number): void {
    this.counts.hear(frame, now);
  }

  #change(source: string, more: number): void {
    this.#own.set(source, this.open(source) + more);
    this.counts.touch(source);
  }
}

/** What stands between the nodes: a channel that all hear, and a row of each, with an end. */
export class ModelStore<Node extends ModelMember = ModelNode> {
  readonly nodes: Node[] = [];
  readonly #rows = new Map<string, { readonly whole: WholeRow; readonly until: number }>();
  readonly #told: Frame[] = [];
  now = 0;

  join(node: Node): Node {
    this.nodes.push(node);
    return node;
  }

  crash(node: Node): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }

  replace(node: Node, by: Node): void {
    this.nodes[this.nodes.indexOf(node)] = by;
  }

  forget(): void {
    this.#rows.clear();
  }

  beat(node: Node): void {
    const frame = node.beat(this.now);
    if (frame === null) return;
    const steps = node.counts.takeWhole();
    const whole = steps && atOnce(steps);
    if (!node.isReached) return;
    if (whole !== null) this.#rows.set(node.name, { whole, until: this.now + timing.lease });
    this.#told.push(frame);
    for (const each of this.nodes) if (each.isReached) each.inbox.push(frame);
  }

  /** A node gets a frame once more, as from whoever can write to the store. */
  repeat(node: Node, place: number): void {
    const frame = this.#told.at(-1 - (place % this.#told.length));
    if (frame !== undefined) node.inbox.push(frame);
  }

  /** A node hears the frame at a place of its inbox. */
  deliver(node: Node, place = 0): void {
    const [frame] = node.inbox.splice(place, 1);
    if (frame !== undefined) node.hear(frame, this.now);
  }

  fetch(node: Node): void {
    if (!node.isReached) return;
    for (const missing of node.counts.missing()) {
      const kept = this.#rows.get(missing.node);
      if (kept !== undefined && kept.until > this.now) atOnce(node.counts.load(kept.whole));
    }
  }

  /** So many milliseconds in which nothing is lost. */
  run(milliseconds: number, step = 50): void {
    for (const end = this.now + milliseconds; this.now < end; this.now += step) {
      for (const node of this.nodes) this.beat(node);
      for (const node of this.nodes) {
        while (node.inbox.length > 0) this.deliver(node);
        this.fetch(node);
      }
    }
  }

  total(source: string): number {
    return this.nodes.reduce((sum, node) => sum + node.open(source), 0);
  }
}

export function cluster(nodes: number, rule: Rule, times: Timing = timing): ModelStore {
  const store = new ModelStore();
  for (let number = 1; number <= nodes; number++) store.join(new ModelNode(`n${number}`, 1, rule, times));
  store.run(2000);
  return store;
}
