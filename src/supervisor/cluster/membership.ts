import { type BlockRecord, nameOf } from '../../cluster/blocks/block-record.ts';
import { packBlock, unpackBlock } from '../../cluster/messages/blocks.ts';
import type { Envelopes } from '../../cluster/messages/envelope.ts';
import { type Presence, packPresence, unpackPresence } from '../../cluster/messages/presence.ts';
import { unsealed } from '../../cluster/messages/sealed.ts';
import { type NameState, Peers } from '../../cluster/peers.ts';
import type { ClusterSettings } from '../../cluster/settings.ts';
import type { Listener, SharedStore } from '../../cluster/store/shared-store.ts';
import { nodeJoined, nodeLeft, nodeNamedTwice, prefixDiffers } from '../../events/cluster.ts';
import type { ClusterReport } from '../../system/cluster-report.ts';
import type { BlockedSource } from '../../system/kept-blocks.ts';
import { productVersion } from '../../system/version.ts';
import { pausedFor } from '../../time/patience.ts';
import { TimeSlice } from '../../time/time-slice.ts';
import { BlockShare } from './block-share.ts';
import type { ClusterHost } from './cluster-host.ts';
import { type StoreNames, storeNames } from './store-names.ts';

// Milliseconds between two looks at blocks, at other nodes, and at all that the store has.
const blocksInterval = 100;
const nodesInterval = 500;
const wholeInterval = 10_000;
/** Blocks that are told at once: some milliseconds. */
const atOnce = 200;

/** What a node has with others while its settings stand, whether or not the store is reached. */
export class Membership {
  readonly #host: ClusterHost;
  readonly #settings: ClusterSettings;
  readonly #names: StoreNames;
  readonly #unreadable: () => void;
  readonly #life: number;
  readonly #blocks: BlockShare;
  readonly #peers: Peers;
  /** Policies that another node counts by another prefix, and that was said. */
  readonly #differing = new Set<string>();
  /** What others are to be told of blocks. */
  #toTell: BlockRecord[] = [];
  #clockOffset = 0;
  /** Another has the name of this node, or may have. */
  #name: NameState = 'unknown';

  constructor(host: ClusterHost, settings: ClusterSettings, life: number, unreadable: () => void) {
    this.#host = host;
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

  report(isReached: boolean): Pick<ClusterReport, 'state' | 'clockAhead' | 'blocks' | 'peers'> {
    const now = this.#now();
    const blocks = [...this.#blocks.shared.records].filter(({ end }) => end > now).length;
    return {
      state: this.#name === 'taken' ? 'named-twice' : isReached ? 'connected' : 'unreachable',
      clockAhead: -Math.round(this.#clockOffset),
      blocks,
      peers: this.#peers.all.map(({ node, since, at, clockAhead, version }) => ({
        node,
        since: new Date(since - this.#clockOffset).toISOString(),
        silent: Math.max(0, Math.round(now - at)),
        clockAhead,
        version,
      })),
    };
  }

  /** What is to be heard from the store from the first moment on. */
  listeners(envelopes: Envelopes): ReadonlyMap<string, Listener> {
    if (!this.#settings.sharesBlocks) return new Map();
    const { blocks } = this.#names;
    return new Map([[blocks, (message: Buffer) => this.#hearBlock(envelopes, message)]]);
  }

  /** Policies have come, gone, or have other keys. */
  policiesChanged(): void {
    this.#toTell.push(...this.#blocks.policiesChanged());
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
    try {
      await this.#work(store, envelopes, ending.signal, works);
      if (signal.aborted) await this.#leave(store);
    } finally {
      signal.removeEventListener('abort', end);
    }
    return signal.aborted ? '' : await store.lost;
  }

  async #work(
    store: SharedStore,
    envelopes: Envelopes,
    signal: AbortSignal,
    works: () => void,
  ): Promise<void> {
    let isWorking = false;
    let nodesDue = 0;
    let wholeDue = 0;
    this.#clockOffset = await store.clockOffset();
    while (!signal.aborted) {
      const now = performance.now();
      if (now >= nodesDue) {
        await this.#meet(store, envelopes);
        nodesDue = now + nodesInterval;
      }
      if (this.#settings.sharesBlocks && this.#name === 'free') {
        if (now >= wholeDue) {
          this.#clockOffset = await store.clockOffset();
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
    for await (const some of store.scan(nodes)) {
      for (const [name, sealed] of some) {
        const presence = unsealed(envelopes, sealed, nodes, unpackPresence);
        if (presence?.node === name) said.set(name, presence);
        else this.#unreadable();
      }
    }
    const now = this.#now();
    const before = this.#name;
    this.#name = this.#peers.nameState(said.get(node), now);
    if (this.#name === 'taken' && before !== 'taken') record(nodeNamedTwice({ node }));
    for (const change of this.#peers.review([...said.values()], now))
      record(change.kind === 'joined' ? nodeJoined({ node: change.node }) : nodeLeft({ node: change.node }));
    if (this.#name !== 'free') return;
    const presence = {
      node,
      life: this.#life,
      at: this.#now(),
      clockAhead: -this.#clockOffset,
      version: productVersion,
    };
    await store.put(nodes, new Map([[node, envelopes.seal(packPresence(presence), nodes)]]));
  }

  async #leave(store: SharedStore): Promise<void> {
    if (this.#name === 'free') await store.remove(this.#names.nodes, [this.#settings.node]);
  }

  /** Takes what the store has, and gives it what it lacks: a store may have forgotten, or somebody may have written there. */
  async #compare(store: SharedStore, envelopes: Envelopes): Promise<void> {
    const { blocks } = this.#names;
    const there = new Map<string, number>();
    for await (const some of store.scan(blocks)) {
      for (const [name, sealed] of some) {
        const record = unsealed(envelopes, sealed, blocks, unpackBlock);
        if (record === null || nameOf(record) !== name) {
          this.#unreadable();
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
    const record = unsealed(envelopes, message, this.#names.blocks, unpackBlock);
    if (record === null) this.#unreadable();
    else this.#take(record);
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
    for (let at = 0; at < records.length; at += atOnce) {
      const sealed = new Map(
        records
          .slice(at, at + atOnce)
          .map((record) => [nameOf(record), envelopes.seal(packBlock(record), blocks)] as const),
      );
      // First what stays: whoever misses the message finds it there.
      await store.put(blocks, sealed);
      await Promise.all([...sealed.values()].map((message) => store.publish(blocks, message)));
    }
  }

  #differs(policy: string, node: string): void {
    const key = JSON.stringify([policy, node]);
    if (this.#differing.has(key)) return;
    this.#differing.add(key);
    this.#host.record(prefixDiffers({ policy, node }));
  }

  #now(): number {
    return Date.now() + this.#clockOffset;
  }
}
