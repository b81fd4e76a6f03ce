import { type BlockRecord, nameOf } from '../../cluster/blocks/block-record.ts';
import type { Envelopes } from '../../cluster/messages/envelope.ts';
import { type Presence, packPresence, unpackPresence } from '../../cluster/messages/presence.ts';
import type { Protocol } from '../../cluster/messages/protocol.ts';
import { type Unread, unsealed } from '../../cluster/messages/sealed.ts';
import { haveCommon, spokenVersion, versionsText } from '../../cluster/messages/versions.ts';
import { type NameState, Peers } from '../../cluster/peers.ts';
import type { ClusterSettings, CountSettings } from '../../cluster/settings.ts';
import type { Listener, SharedStore } from '../../cluster/store/shared-store.ts';
import { nodeJoined, nodeLeft, nodeNamedTwice, prefixDiffers, versionsDiffer } from '../../events/cluster.ts';
import type { RaisedEvent } from '../../events/events.ts';
import type { ClusterReport, SharedSourceReport } from '../../system/cluster-report.ts';
import type { BlockedSource } from '../../system/kept-blocks.ts';
import { productVersion } from '../../system/version.ts';
import { allOrNone } from '../../time/all-or-none.ts';
import { pausedFor } from '../../time/patience.ts';
import { TimeSlice } from '../../time/time-slice.ts';
import { BlockShare } from './block-share.ts';
import type { ClusterHost } from './cluster-host.ts';
import { ConfigurationShare } from './configuration-share.ts';
import { CountShare, type Way } from './count-share.ts';
import { SharedPlace } from './shared-place.ts';
import { type StoreNames, storeNames } from './store-names.ts';

// Milliseconds between two looks at blocks, at other nodes, and at all that the store has.
const blocksInterval = 100;
const nodesInterval = 500;
const wholeInterval = 10_000;
/** What the store may have: more than all nodes together ever write. */
const mostNodes = 10_000;
const mostBlocks = 2_000_000;
/** Blocks that are told at once: some milliseconds. */
const atOnce = 200;

/** When this node began, and this time of its settings: each later one has a higher number. */
export type Life = { readonly life: number; readonly epoch: number };

/** What a node has with others while its settings stand, whether or not the store is reached. */
export class Membership {
  readonly #host: ClusterHost;
  readonly #settings: ClusterSettings;
  readonly #names: StoreNames;
  readonly #unreadable: (unread: Unread) => void;
  readonly #protocol: Protocol;
  readonly #life: number;
  readonly #blocks: BlockShare;
  /** Null: each node counts for itself. */
  readonly #counts: CountShare | null;
  /** Null: it has its own. */
  readonly configuration: ConfigurationShare | null;
  readonly #peers: Peers;
  #countSettings: CountSettings | null;
  /** What was told of others, and is not told again. */
  readonly #said = new Set<string>();
  /** What others are to be told of blocks. */
  #toTell: BlockRecord[] = [];
  /** Milliseconds by which the clock of the store is ahead of `Date.now`, and of a clock that nobody sets. */
  #clockOffset = 0;
  #monotonicOffset = performance.timeOrigin;
  /** The version in which this node writes. */
  #spoken: number;
  /** Another has the name of this node, or may have. */
  #name: NameState = 'unknown';

  constructor(
    host: ClusterHost,
    settings: ClusterSettings,
    protocol: Protocol,
    { life, epoch }: Life,
    unreadable: (unread: Unread) => void,
  ) {
    this.#host = host;
    this.#protocol = protocol;
    this.#spoken = protocol.versions.newest;
    this.#settings = settings;
    this.#life = life;
    this.#names = storeNames(settings.prefix);
    this.#unreadable = unreadable;
    this.#peers = new Peers({ node: settings.node, life: this.#life });
    this.#blocks = new BlockShare({
      table: host.table,
      node: settings.node,
      policies: host.policies,
      keys: host.keys,
      storeNow: () => this.#now(),
      lifted: host.lifted,
      differs: (policy, node) => this.#differs(policy, node),
    });
    this.#countSettings = settings.counts;
    this.#counts = settings.counts && this.#shareCounts(settings.counts, epoch);
    this.configuration = settings.sharesConfiguration
      ? new ConfigurationShare({
          own: host.configuration,
          node: settings.node,
          storeNow: () => this.#now(),
          record: host.record,
          unreadable: () => unreadable('foreign'),
          takesPart: () => this.#name === 'free',
          stands: () => this.change(this.#countSettings),
        })
      : null;
  }

  lift(sources: readonly BlockedSource[], by: string): void {
    if (!this.#settings.sharesBlocks) return;
    for (const source of sources) {
      const record = this.#blocks.lift(source, by);
      if (record !== null) this.#toTell.push(record);
    }
  }

  blockedBy({ policy, source, prefix }: BlockedSource): string {
    const key = this.#host.keys.keyOf(policy);
    const record =
      key === undefined ? undefined : this.#blocks.shared.get(nameOf({ policy: key, source, prefix }));
    return record === undefined || record.end === 0 ? '' : record.node;
  }

  async sources(count: number): Promise<readonly SharedSourceReport[]> {
    return (await this.#counts?.sources(count)) ?? [];
  }

  report(isReached: boolean): Omit<ClusterReport, 'node' | 'server' | 'reason' | 'unreadable'> {
    const now = this.#now();
    const blocks = [...this.#blocks.shared.records].filter(({ end }) => end > now).length;
    return {
      state: this.#name === 'taken' ? 'named-twice' : isReached ? 'connected' : 'unreachable',
      clockAhead: -Math.round(this.#clockOffset),
      speaks: versionsText(this.#protocol.versions),
      spoken: this.#spoken,
      blocks,
      counts: this.#counts?.report() ?? null,
      configuration: this.configuration?.report() ?? null,
      peers: this.#peers.all.map(
        ({ node, since, at, clockAhead, version, speaks, configuration, fault }) => ({
          node,
          since: new Date(since - this.#clockOffset).toISOString(),
          silent: Math.max(0, Math.round(now - at)),
          clockAhead,
          version,
          speaks: versionsText(speaks),
          configuration,
          fault,
        }),
      ),
    };
  }

  /** What is to be heard from the store from the first moment on. */
  listeners(envelopes: Envelopes): ReadonlyMap<string, Listener> {
    const { blocks, frames, configuration } = this.#names;
    const listeners = new Map<string, Listener>();
    if (this.#settings.sharesBlocks) listeners.set(blocks, (message) => this.#hearBlock(envelopes, message));
    const counts = this.#counts;
    if (counts !== null)
      listeners.set(frames, (message) => {
        if (this.#name === 'free') counts.hear(envelopes, message);
      });
    if (this.configuration !== null)
      listeners.set(configuration(envelopes.keyId), () => this.configuration?.heard());
    return listeners;
  }

  /** Policies have come, gone, or are others, or it is to share counts otherwise. */
  change(counts: CountSettings | null): void {
    this.#toTell.push(...this.#blocks.policiesChanged());
    this.#countSettings = counts;
    if (counts !== null) this.#counts?.change(counts);
  }

  /** What others count has no effect any more. */
  async stop(): Promise<void> {
    await this.#counts?.stop();
  }

  /** Works with the others until the store is lost. Resolves with why. `works`: called once it has done what was wanted. */
  async takePart(
    store: SharedStore,
    envelopes: Envelopes,
    signal: AbortSignal,
    works: () => void,
  ): Promise<string> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    signal.addEventListener('abort', end);
    void store.lost.then(end);
    const { promise: failing, reject: fail } = Promise.withResolvers<never>();
    try {
      await allOrNone(
        [
          Promise.race([this.#work({ store, envelopes, fail }, ending.signal, works), failing]),
          this.configuration?.run(
            new SharedPlace(store, envelopes, this.#names.configuration(envelopes.keyId)),
            ending.signal,
          ),
        ],
        end,
      );
      if (signal.aborted) await this.#leave(store);
    } finally {
      end();
      this.#counts?.attach(null);
      signal.removeEventListener('abort', end);
    }
    return signal.aborted ? '' : await store.lost;
  }

  async #work(way: Way, signal: AbortSignal, works: () => void): Promise<void> {
    const { store, envelopes } = way;
    let isWorking = false;
    let nodesDue = 0;
    let wholeDue = 0;
    let clockDue = 0;
    while (!signal.aborted) {
      const now = performance.now();
      if (now >= clockDue) {
        this.#clockOffset = await store.clockOffset();
        this.#monotonicOffset = Date.now() + this.#clockOffset - performance.now();
        clockDue = now + wholeInterval;
      }
      if (now >= nodesDue) {
        await this.#meet(store, envelopes);
        nodesDue = now + nodesInterval;
        this.#counts?.attach(this.#name === 'free' ? way : null);
      }
      if (this.#settings.sharesBlocks && this.#name === 'free') {
        if (now >= wholeDue) {
          await this.#compare(store, envelopes);
          wholeDue = now + wholeInterval;
        }
        await this.#blocks.retry();
        this.#toTell.push(...(await this.#blocks.collect()));
        await this.#tell(store, envelopes);
      }
      if (!isWorking) works();
      isWorking = true;
      await pausedFor(blocksInterval, signal);
    }
  }

  /** Says that this node is there, and hears who else is. */
  async #meet(store: SharedStore, envelopes: Envelopes): Promise<void> {
    const { nodes } = this.#names;
    const { node } = this.#settings;
    const { record } = this.#host;
    const said = new Map<string, Presence>();
    for await (const some of store.scan(nodes, mostNodes)) {
      for (const [name, sealed] of some) {
        const presence = unsealed(envelopes, sealed, nodes, unpackPresence);
        if (typeof presence === 'string') this.#unreadable(presence);
        else if (presence.node === name) said.set(name, presence);
        else this.#unreadable('foreign');
      }
    }
    const now = this.#now();
    const before = this.#name;
    this.#name = this.#peers.nameState(said.get(node), now);
    if (this.#name === 'taken' && before !== 'taken') record(nodeNamedTwice({ node }));
    this.configuration?.meet([...said.values()]);
    for (const change of this.#peers.review([...said.values()], now, performance.now()))
      record(change.kind === 'joined' ? nodeJoined({ node: change.node }) : nodeLeft({ node: change.node }));
    this.#agree();
    if (this.#name !== 'free') return;
    const presence = {
      node,
      life: this.#life,
      at: this.#now(),
      clockAhead: -this.#clockOffset,
      version: productVersion,
      speaks: this.#protocol.versions,
      configuration: this.configuration?.report().number ?? 0,
      fault: this.configuration?.report().reason ?? '',
    };
    await store.put(nodes, new Map([[node, envelopes.seal(packPresence(presence), nodes)]]));
  }

  /** The version that all speak. Once that is an older one, what was written in a newer is written again. */
  #agree(): void {
    const { versions } = this.#protocol;
    const before = this.#spoken;
    this.#spoken = spokenVersion(
      versions,
      this.#peers.all.map(({ speaks }) => speaks),
    );
    if (this.#spoken < before) this.#toTell.push(...this.#blocks.shared.records);
    for (const { node, speaks } of this.#peers.all) {
      if (haveCommon(versions, speaks)) continue;
      const [theirs, ours] = [versionsText(speaks), versionsText(versions)];
      this.#once(`versions ${node} ${theirs}`, versionsDiffer({ node, theirs, ours }));
    }
  }

  async #leave(store: SharedStore): Promise<void> {
    if (this.#name === 'free') await store.remove(this.#names.nodes, [this.#settings.node]);
  }

  /** Takes what the store has, and gives it what it lacks: a store may have forgotten, or somebody may have written there. */
  async #compare(store: SharedStore, envelopes: Envelopes): Promise<void> {
    const { blocks } = this.#names;
    const there = new Map<string, number>();
    for await (const some of store.scan(blocks, mostBlocks)) {
      for (const [name, sealed] of some) {
        const record = this.#blockIn(envelopes, sealed);
        if (record === null) continue;
        if (nameOf(record) !== name) {
          this.#unreadable('foreign');
          continue;
        }
        there.set(name, record.version);
        this.#take(record);
      }
    }
    const forgotten = this.#blocks.shared.forget(this.#now());
    if (forgotten.length > 0) await store.remove(blocks, forgotten);
    const slice = new TimeSlice();
    for (const record of [...this.#blocks.shared.records]) {
      if ((there.get(nameOf(record)) ?? 0) < record.version) this.#toTell.push(record);
      if (slice.isOver) await slice.renew();
    }
  }

  #hearBlock(envelopes: Envelopes, message: Buffer): void {
    if (this.#name !== 'free') return;
    const record = this.#blockIn(envelopes, message);
    if (record !== null) this.#take(record);
  }

  #blockIn(envelopes: Envelopes, sealed: Buffer): BlockRecord | null {
    const { block } = this.#protocol;
    const record = unsealed(envelopes, sealed, this.#names.blocks, (bytes) => block.unpack(bytes));
    if (typeof record !== 'string') return record;
    this.#unreadable(record);
    return null;
  }

  #take(record: BlockRecord): void {
    const answer = this.#blocks.take(record);
    if (answer !== null) this.#toTell.push(answer);
  }

  async #tell(store: SharedStore, envelopes: Envelopes): Promise<void> {
    const records = this.#toTell;
    if (records.length === 0) return;
    this.#toTell = [];
    const { blocks } = this.#names;
    const { block } = this.#protocol;
    for (let at = 0; at < records.length; at += atOnce) {
      const sealed = new Map(
        records
          .slice(at, at + atOnce)
          .map(
            (record) => [nameOf(record), envelopes.seal(block.pack(record, this.#spoken), blocks)] as const,
          ),
      );
      // First what stays: whoever misses the message finds it there.
      await store.put(blocks, sealed);
      await Promise.all([...sealed.values()].map((message) => store.publish(blocks, message)));
    }
  }

  #shareCounts(settings: CountSettings, epoch: number): CountShare {
    const { table, policies, keys, record } = this.#host;
    const host = {
      ...{ table, policies, keys, record },
      protocol: this.#protocol,
      spoken: () => this.#spoken,
      names: this.#names,
      storeNow: () => performance.now() + this.#monotonicOffset,
      unreadable: this.#unreadable,
      differs: (policy: string, node: string) => this.#differs(policy, node),
    };
    return new CountShare(host, { node: this.#settings.node, epoch }, settings);
  }

  #differs(policy: string, node: string): void {
    this.#once(`prefix ${JSON.stringify([policy, node])}`, prefixDiffers({ policy, node }));
  }

  #once(key: string, event: RaisedEvent): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#host.record(event);
  }

  #now(): number {
    return Date.now() + this.#clockOffset;
  }
}
