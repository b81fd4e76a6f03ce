import { setTimeout as pause } from 'node:timers/promises';
import type { Frame, Incarnation, WholeRow } from '../../cluster/counts/frame.ts';
import type { Standing, Timing } from '../../cluster/counts/shared-counts.ts';
import type { Envelopes } from '../../cluster/messages/envelope.ts';
import type { Protocol } from '../../cluster/messages/protocol.ts';
import { type Unread, unsealed } from '../../cluster/messages/sealed.ts';
import type { PolicyKeys } from '../../cluster/policy-keys.ts';
import type { CountSettings } from '../../cluster/settings.ts';
import type { SharedStore } from '../../cluster/store/shared-store.ts';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { countsCutOff, countsShared } from '../../events/cluster.ts';
import type { RaisedEvent } from '../../events/events.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { CountsReport, SharedSourceReport } from '../../system/reports/cluster.ts';
import { inTurns, type Steps } from '../../time/time-slice.ts';
import type { SourceIdentity } from '../../verdict/upkeep/source-state.ts';
import { CountKeeper } from './count-keeper.ts';
import { SharedPolicies } from './shared-policies.ts';
import type { StoreNames } from './store-names.ts';

/** Milliseconds between two frames in which something is told, and between any two. */
const interval = 50;
const idleInterval = 250;
/** And between two times that this node writes all that it holds. */
const rowInterval = 200;
const busyRetry = 10;
/** Milliseconds between two turns after which it was this node that has not told anything. */
const standstill = 1000;

const timing: Timing = { lease: 3000, patience: 2000, listening: 1000 };

export type CountShareHost = {
  readonly table: SharedArrayBuffer;
  readonly policies: ReadonlyMap<number, PolicySnapshot>;
  readonly keys: PolicyKeys;
  readonly protocol: Pick<Protocol, 'frame' | 'row'>;
  /** The version in which this node writes. */
  readonly spoken: () => number;
  readonly names: StoreNames;
  /** Milliseconds of the clock of the store. */
  readonly storeNow: () => number;
  readonly record: (event: RaisedEvent) => void;
  /** Something can't be read. */
  readonly unreadable: (unread: Unread) => void;
  /** Another node counts the sources of a policy by another prefix: their counts are of no use here. */
  readonly differs: (policy: string, node: string) => void;
};

/** A way to the others, while there is one. */
export type Way = {
  readonly store: SharedStore;
  readonly envelopes: Envelopes;
  /** It can't be used any more. */
  readonly fail: (error: unknown) => void;
};

/** The counts of the sources table, and those of all nodes. */
export class CountShare {
  readonly #host: CountShareHost;
  readonly #self: Incarnation;
  readonly #keeper: CountKeeper;
  readonly #timer: NodeJS.Timeout;
  #settings: CountSettings;
  #way: Way | null = null;
  #standing: Standing = 'joining';
  /** What was told last, and when: of a frame in which nothing else is new. */
  #told = '';
  #toldAt = Number.NEGATIVE_INFINITY;
  #rowAt = Number.NEGATIVE_INFINITY;
  #workedAt = monotonicNow();
  #isWriting = false;
  readonly #fetching = new Set<string>();
  /** Null: no other process is this node. */
  #succeeded: (() => void) | null = null;

  constructor(host: CountShareHost, self: Incarnation, settings: CountSettings) {
    this.#host = host;
    this.#self = self;
    this.#settings = settings;
    this.#keeper = new CountKeeper(host.table, self, timing, this.#policies(), settings, (policy, source) =>
      this.#differs(policy, source),
    );
    this.#timer = setInterval(() => this.#work(), interval);
  }

  /** Tells the others this way from now on; null: there is none. */
  attach(way: Way | null): void {
    if (way === this.#way) return;
    // A store may have forgotten.
    this.#keeper.counts.rewrite();
    this.#way = way;
  }

  /** These other nodes are there, and say so since this one has said it, too. */
  expect(nodes: readonly string[]): void {
    this.#keeper.counts.expect(nodes);
  }

  /** Another process is this node from now on: `succeeded` is called once it has told what it counts. */
  giveWay(succeeded: () => void): void {
    this.#succeeded = succeeded;
  }

  hear(envelopes: Envelopes, message: Buffer): void {
    const { protocol, names, unreadable } = this.#host;
    const frame = unsealed(envelopes, message, names.frames, (bytes) => protocol.frame.unpack(bytes));
    if (typeof frame === 'string') {
      unreadable(frame);
      return;
    }
    if (this.#isOld(frame.at)) return;
    const { node, epoch } = this.#self;
    if (frame.node === node && frame.epoch !== epoch) this.#succeeded?.();
    if (!this.#keeper.hear(frame, monotonicNow())) unreadable('impossible');
  }

  /** Policies or settings have changed. */
  change(settings: CountSettings): void {
    this.#settings = settings;
    this.#keeper.change(this.#policies(), settings);
  }

  /** This node counts by itself from now on. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#way = null;
    while (!this.#keeper.end()) await pause(busyRetry);
  }

  report(): CountsReport {
    const now = monotonicNow();
    return {
      standing: this.#keeper.counts.standing,
      onPartition: this.#settings.onPartition,
      nodes: this.#keeper.counts.nodes,
      peers: this.#keeper.counts.peers.map(({ node, heardAt }) => ({
        node,
        age: Math.max(0, Math.round(now - heardAt)),
      })),
    };
  }

  /** So many of the sources that are told of, those that hold the most in all first. */
  sources(count: number): Promise<readonly SharedSourceReport[]> {
    return inTurns(this.#keeper.topSources(count));
  }

  heldElsewhere(source: SourceIdentity): number {
    return this.#keeper.heldElsewhere(source);
  }

  #policies(): SharedPolicies {
    const { policies, keys } = this.#host;
    return new SharedPolicies(policies, keys, this.#settings.blindAllowance);
  }

  #work(): void {
    const way = this.#way;
    const now = monotonicNow();
    const frame = this.#keeper.beat(now, way !== null);
    if (way !== null && frame !== null) this.#tell(way, frame);
    this.#review(now - this.#workedAt >= standstill);
    this.#workedAt = now;
  }

  #tell(way: Way, frame: Frame): void {
    const { store, envelopes, fail } = way;
    const { names, protocol, spoken, storeNow } = this.#host;
    const at = Math.max(0, Math.round(storeNow()));
    const said = saidIn(frame);
    const now = monotonicNow();
    if (frame.changes.length > 0 || said !== this.#told || now - this.#toldAt >= idleInterval) {
      this.#told = said;
      this.#toldAt = now;
      const sealed = envelopes.seal(protocol.frame.pack({ ...frame, at }, spoken()), names.frames);
      store.publish(names.frames, sealed).catch(fail);
    }
    const isRowDue = !this.#isWriting && now - this.#rowAt >= rowInterval;
    const whole = isRowDue ? this.#keeper.counts.takeWhole() : null;
    if (whole !== null) this.#write(way, whole).catch(fail);
    for (const { node } of this.#keeper.counts.missing()) this.#fetch(way, node).catch(fail);
  }

  async #write({ store, envelopes }: Way, steps: Steps<WholeRow>): Promise<void> {
    const { names, protocol, spoken, storeNow } = this.#host;
    this.#isWriting = true;
    try {
      const whole = await inTurns(steps);
      this.#rowAt = monotonicNow();
      const key = names.row(whole.node);
      const at = Math.max(0, Math.round(storeNow()));
      await store.keep(key, envelopes.seal(protocol.row.pack({ ...whole, at }, spoken()), key), timing.lease);
    } finally {
      this.#isWriting = false;
    }
  }

  async #fetch(way: Way, node: string): Promise<void> {
    const { store, envelopes } = way;
    if (this.#fetching.has(node)) return;
    this.#fetching.add(node);
    try {
      const { names, protocol, unreadable } = this.#host;
      const key = names.row(node);
      const sealed = await store.fetch(key);
      if (sealed === null || way !== this.#way) return;
      const whole = unsealed(envelopes, sealed, key, (bytes) => protocol.row.unpack(bytes));
      if (typeof whole === 'string') unreadable(whole);
      else if (whole.node !== node) unreadable('foreign');
      else if (!this.#isOld(whole.at)) await inTurns(this.#keeper.load(whole));
    } finally {
      this.#fetching.delete(node);
    }
  }

  /** As old as that it says nothing of who is there, nor of what they hold. */
  #isOld(at: number): boolean {
    return Math.abs(this.#host.storeNow() - at) >= timing.lease;
  }

  /** Says how this node stands, where that is another way than before. */
  #review(hasStalled: boolean): void {
    const { standing, nodes } = this.#keeper.counts;
    if (standing === this.#standing) return;
    this.#standing = standing;
    if (this.#succeeded !== null) return;
    const { record } = this.#host;
    if (standing === 'sharing') {
      record(countsShared({ nodes }));
      return;
    }
    const cause = hasStalled ? 'stalled' : this.#way === null ? 'store' : 'unheard';
    record(countsCutOff({ cause, onPartition: this.#settings.onPartition }));
  }

  #differs(policy: string, source: string): void {
    const peer = this.#keeper.counts.peers.find((each) => each.open(source) > 0);
    if (peer !== undefined && peer.node !== this.#self.node) this.#host.differs(policy, peer.node);
  }
}

/** All that a frame says besides what has changed, without its number. */
function saidIn({ acknowledgements, wants }: Frame): string {
  return JSON.stringify([acknowledgements.map(({ node, epoch, seq }) => [node, epoch, seq]), wants]);
}
