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
import { releasesDiffer } from '../../events/shared-configuration.ts';
import type { BlockedSource } from '../../system/kept-blocks.ts';
import type { ClusterReport, SharedSourceReport } from '../../system/reports/cluster.ts';
import { productVersion } from '../../system/version.ts';
import { shortened } from '../../text/shortened.ts';
import { allOrNone } from '../../time/all-or-none.ts';
import { pausedFor } from '../../time/patience.ts';
import type { SourceIdentity } from '../../verdict/upkeep/source-state.ts';
import { BlockExchange } from './block-exchange.ts';
import type { ClusterHost } from './cluster-host.ts';
import { ConfigurationShare } from './configuration-share.ts';
import { CountShare, type Way } from './count-share.ts';
import { SharedPlace } from './shared-place.ts';
import { StoreClock } from './store-clock.ts';
import { type StoreNames, storeNames } from './store-names.ts';

/** Milliseconds between two looks at other nodes. */
const nodesInterval = 500;
/** Characters of why this node does not follow the others: what it says of itself is to be short. */
const longestFault = 400;
/** Milliseconds after which nothing is left of a node that says nothing: names that machines make up would fill the store. */
const goneFor = 3_600_000;
/** What the store may have: more than there are nodes. */
const mostNodes = 10_000;

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
  /** Null: each node blocks for itself. */
  readonly #blocks: BlockExchange | null;
  /** Null: each node counts for itself. */
  readonly #counts: CountShare | null;
  /** Null: it has its own. */
  readonly configuration: ConfigurationShare | null;
  readonly #peers: Peers;
  #countSettings: CountSettings | null;
  /** What was told of others, and is not told again. */
  readonly #said = new Set<string>();
  readonly #clock = new StoreClock();
  /** The version in which this node writes. */
  #spoken: number;
  /** Another has the name of this node, or may have. */
  #name: NameState = 'unknown';
  /** Aborted: another process is this node from now on. */
  readonly #givingWay = new AbortController();
  /** What is not done any more then. */
  #working: Promise<void> = Promise.resolve();

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
    host.keys.byId = settings.sharesConfiguration && host.configuration.standing !== null;
    this.#blocks = settings.sharesBlocks ? this.#shareBlocks() : null;
    this.#countSettings = settings.counts;
    this.#counts = settings.counts && this.#shareCounts(settings.counts, epoch);
    this.configuration = settings.sharesConfiguration
      ? new ConfigurationShare({
          own: host.configuration,
          node: settings.node,
          storeNow: () => this.#now(),
          record: host.record,
          unreadable,
          takesPart: () => this.#name === 'free',
          stands: () => this.change(this.#countSettings),
        })
      : null;
  }

  lift(sources: readonly BlockedSource[], by: string): void {
    this.#blocks?.lift(sources, by);
  }

  blockedBy(source: BlockedSource): string {
    return this.#blocks?.blockedBy(source) ?? '';
  }

  heldElsewhere(source: SourceIdentity): number {
    return this.#counts?.heldElsewhere(source) ?? 0;
  }

  async sources(count: number): Promise<readonly SharedSourceReport[]> {
    return (await this.#counts?.sources(count)) ?? [];
  }

  report(isReached: boolean): Omit<ClusterReport, 'node' | 'server' | 'reason' | 'unreadable'> {
    const now = this.#now();
    return {
      state: this.#name === 'taken' ? 'named-twice' : isReached ? 'connected' : 'unreachable',
      clockAhead: Math.round(this.#clock.ahead),
      speaks: versionsText(this.#protocol.versions),
      spoken: this.#spoken,
      blocks: this.#blocks?.count ?? 0,
      counts: this.#counts?.report() ?? null,
      configuration: this.configuration?.report() ?? null,
      peers: this.#peers.all.map(
        ({ node, since, at, clockAhead, version, speaks, configuration, fault }) => ({
          node,
          since: new Date(since + this.#clock.ahead).toISOString(),
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
    if (this.#blocks !== null) listeners.set(blocks, (message) => this.#blocks?.hear(envelopes, message));
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
    this.#blocks?.policiesChanged();
    this.#countSettings = counts;
    if (counts !== null) this.#counts?.change(counts);
  }

  /** What others count has no effect any more. */
  async stop(): Promise<void> {
    await this.#counts?.stop();
  }

  /**
   * Another process is this node from now on. Until it tells what it counts, this one does, so that nobody takes that for
   * gone; everything else ends. Resolves once it has.
   *
   * @param succeeded called once that process has told the others
   */
  async giveWay(succeeded: () => void): Promise<void> {
    this.#givingWay.abort();
    this.#counts?.giveWay(succeeded);
    // Whoever has lost the store is not to be waited for.
    await Promise.allSettled([this.#working]);
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
    const ends = AbortSignal.any([signal, this.#givingWay.signal]);
    ends.addEventListener('abort', end);
    void store.lost.then(end);
    const { promise: failing, reject: fail } = Promise.withResolvers<never>();
    const way = { store, envelopes, fail };
    try {
      if (!ends.aborted) {
        this.#working = this.#takeWholePart(way, failing, ending, works, ends);
        await this.#working;
      }
      if (this.#givingWay.signal.aborted) await this.#tellUntil(signal, way, failing);
    } finally {
      end();
      this.#counts?.attach(null);
      ends.removeEventListener('abort', end);
    }
    return signal.aborted ? '' : await store.lost;
  }

  async #takeWholePart(
    way: Way,
    failing: Promise<never>,
    ending: AbortController,
    works: () => void,
    leaves: AbortSignal,
  ): Promise<void> {
    const { store, envelopes } = way;
    const place = new SharedPlace(store, envelopes, this.#names.configuration(envelopes.keyId));
    await allOrNone(
      [
        Promise.race([this.#work(way, ending, works), failing]),
        this.configuration?.run(place, ending.signal),
      ],
      () => ending.abort(),
    );
    if (leaves.aborted) await this.#leave(store);
  }

  /** Tells what this process counts, and nothing else. */
  async #tellUntil(signal: AbortSignal, way: Way, failing: Promise<never>): Promise<void> {
    if (signal.aborted || this.#name !== 'free') return;
    this.#counts?.attach(way);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => end());
    await Promise.race([over, way.store.lost, failing]);
  }

  async #work(way: Way, ending: AbortController, works: () => void): Promise<void> {
    const { signal } = ending;
    this.#clock.forget();
    await this.#meet(way);
    await this.#meet(way);
    if (this.#blocks === null) works();
    // Side by side: what takes long with many blocks must not make others think that this node is gone.
    await allOrNone(
      [this.#meetAgain(way, signal), this.#blocks?.run(way.store, way.envelopes, signal, works)],
      () => ending.abort(),
    );
  }

  async #meetAgain(way: Way, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pausedFor(nodesInterval, signal);
      if (signal.aborted) return;
      await this.#meet(way);
    }
  }

  async #meet(way: Way): Promise<void> {
    await this.#clock.look(way.store);
    const wasSaid = this.#name === 'free';
    await this.#sayAndHear(way);
    this.#counts?.attach(this.#name === 'free' ? way : null);
    // Whoever comes at the same moment sees this one.
    if (wasSaid) this.#counts?.expect(this.#peers.all.map(({ node }) => node));
  }

  /** Says that this node is there, and hears who else is. */
  async #sayAndHear({ store, envelopes }: Way): Promise<void> {
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
    const gone = [...said.values()].filter(({ at }) => now - at > goneFor).map((each) => each.node);
    if (gone.length > 0) await store.remove(nodes, gone);
    const before = this.#name;
    this.#name = this.#peers.nameState(said.get(node), now);
    if (this.#name === 'taken' && before !== 'taken') record(nodeNamedTwice({ node }));
    this.configuration?.meet([...said.values()]);
    for (const change of this.#peers.review([...said.values()], now, performance.now()))
      record(change.kind === 'joined' ? nodeJoined({ node: change.node }) : nodeLeft({ node: change.node }));
    this.#agree();
    this.#nameKeys();
    if (this.#name !== 'free') return;
    const presence = {
      node,
      life: this.#life,
      at: this.#now(),
      clockAhead: this.#clock.ahead,
      version: productVersion,
      speaks: this.#protocol.versions,
      configuration: this.configuration?.report().number ?? 0,
      fault: shortened(this.configuration?.report().reason ?? '', longestFault),
    };
    await store.put(nodes, new Map([[node, envelopes.seal(packPresence(presence), nodes)]]));
  }

  /** Policies go by the ids that all nodes know, or by their names. */
  #nameKeys(): void {
    const { keys } = this.#host;
    const byId = this.#hasIds && this.#peers.all.every(({ configuration }) => configuration > 0);
    if (keys.byId === byId) return;
    keys.byId = byId;
    this.change(this.#countSettings);
  }

  get #hasIds(): boolean {
    return this.configuration !== null && this.configuration.report().number > 0;
  }

  /** The version that all speak. Once that is an older one, what was written in a newer is written again. */
  #agree(): void {
    const { versions } = this.#protocol;
    const before = this.#spoken;
    this.#spoken = spokenVersion(
      versions,
      this.#peers.all.map(({ speaks }) => speaks),
    );
    if (this.#spoken < before) this.#blocks?.rewrite();
    for (const { node, speaks, version } of this.#peers.all) {
      if (this.configuration !== null && version !== productVersion)
        this.#once(
          `release ${node} ${version}`,
          releasesDiffer({ node, theirs: version, ours: productVersion }),
        );
      if (haveCommon(versions, speaks)) continue;
      const [theirs, ours] = [versionsText(speaks), versionsText(versions)];
      this.#once(`versions ${node} ${theirs}`, versionsDiffer({ node, theirs, ours }));
    }
  }

  async #leave(store: SharedStore): Promise<void> {
    if (this.#name === 'free') await store.remove(this.#names.nodes, [this.#settings.node]);
  }

  #shareBlocks(): BlockExchange {
    const { table, policies, keys, lifted } = this.#host;
    return new BlockExchange({
      ...{ table, policies, keys, lifted },
      ...{ node: this.#settings.node, name: this.#names.blocks },
      protocol: this.#protocol,
      spoken: () => this.#spoken,
      storeNow: () => this.#now(),
      takesPart: () => this.#name === 'free',
      unreadable: this.#unreadable,
      differs: (policy, node) => this.#differs(policy, node),
    });
  }

  #shareCounts(settings: CountSettings, epoch: number): CountShare {
    const { table, policies, keys, record } = this.#host;
    const host = {
      ...{ table, policies, keys, record },
      protocol: this.#protocol,
      spoken: () => this.#spoken,
      names: this.#names,
      storeNow: () => this.#now(),
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
    return this.#clock.now;
  }
}
