import { clusterKey, Envelopes } from '../../cluster/messages/envelope.ts';
import { type Protocol, protocol } from '../../cluster/messages/protocol.ts';
import type { Unread } from '../../cluster/messages/sealed.ts';
import { versionsText } from '../../cluster/messages/versions.ts';
import type { ClusterSettings } from '../../cluster/settings.ts';
import { openRedis } from '../../cluster/store/redis-store.ts';
import { clusterImpossible, clusterLost, clusterReached, clusterUnreadable } from '../../events/cluster.ts';
import type { BlockedSource } from '../../system/kept-blocks.ts';
import type { ClusterReport, SharedSourceReport } from '../../system/reports/cluster.ts';
import { messageOf } from '../../text/reason.ts';
import { pausedFor } from '../../time/patience.ts';
import type { SourceIdentity } from '../../verdict/upkeep/source-state.ts';
import type { ClusterHost } from './cluster-host.ts';
import type { ConfigurationShare } from './configuration-share.ts';
import { Membership } from './membership.ts';

/** Milliseconds between two attempts to reach the store. */
const retryInterval = 1000;
/** Milliseconds for a commit to be shared, and between two looks whether it is. */
const sharingPatience = 2000;
const sharingInterval = 20;

/** This node among others, as it is configured: reaches the store again whenever it has lost it. */
export class ClusterNode {
  readonly #host: ClusterHost;
  readonly #protocol: Protocol;
  readonly #life = Date.now();
  #epoch = 0;
  #settings: ClusterSettings | null = null;
  #membership: Membership | null = null;
  #ending = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #reason = '';
  #server = '';
  #unreadable = 0;
  /** What could not be read and was told, and is not told again. */
  readonly #told = new Set<Unread>();
  /** Another process is this node. */
  #isGivingWay = false;

  constructor(host: ClusterHost, spoken: Protocol = protocol) {
    this.#host = host;
    this.#protocol = spoken;
  }

  /** Null: it is by itself. To be called whenever the policies have changed, too. */
  async configure(settings: ClusterSettings | null): Promise<void> {
    if (this.#is(settings) && !this.#isGivingWay) {
      this.#settings = settings;
      if (settings !== null) this.#membership?.change(settings.counts);
      return;
    }
    await this.stop();
    this.#settings = settings;
    if (settings === null) return;
    this.#ending = new AbortController();
    this.#running = this.#run(settings, this.#ending.signal);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    this.#settings = null;
    this.#membership = null;
    this.#reason = '';
    this.#unreadable = 0;
    this.#told.clear();
    this.#isGivingWay = false;
  }

  /**
   * Another process is this node from now on, unless this one is configured again. What it counts is told until the other
   * one tells it; resolves once all else is that one's.
   */
  async giveWay(): Promise<void> {
    if (!this.#settings?.counts) {
      await this.stop();
      return;
    }
    this.#isGivingWay = true;
    const ending = this.#ending;
    await this.#membership?.giveWay(() => ending.abort());
  }

  /** Somebody has lifted these blocks here. */
  lift(sources: readonly BlockedSource[], by: string): void {
    this.#membership?.lift(sources, by);
  }

  /** The node that has blocked a source; '': none has, or it was this one. */
  blockedBy(source: BlockedSource): string {
    return this.#membership?.blockedBy(source) ?? '';
  }

  /** Connections that a source holds at other nodes, as far as is known. */
  heldElsewhere(source: SourceIdentity): number {
    return this.#membership?.heldElsewhere(source) ?? 0;
  }

  async sources(count: number): Promise<readonly SharedSourceReport[]> {
    return (await this.#membership?.sources(count)) ?? [];
  }

  /** What whoever has committed should know of whether the others run it, once that is known or has taken long. */
  async sharing(settings: ClusterSettings | null): Promise<readonly string[]> {
    const share = this.#membership?.configuration;
    if (share === null || share === undefined || !this.#is(settings)) return [];
    const over = performance.now() + sharingPatience;
    while (share.isReached && !share.isSettled && performance.now() < over)
      await pausedFor(sharingInterval, this.#ending.signal);
    if (!share.isReached) return [`the other nodes do not have it yet: ${unreached}`];
    const report = share.report();
    if (report.state === 'same') return [];
    const { state, reason } = report;
    if (state === 'conflict') return [`the other nodes do not have it: ${reason}; ${choice}`];
    return [`the other nodes do not have it yet${reason === '' ? '' : `: ${reason}`}`];
  }

  /** The configuration that it has in common with others. Throws with a reason where there is none now. */
  get configuration(): ConfigurationShare {
    const share = this.#membership?.configuration;
    if (share === null || share === undefined)
      throw new Error('this node has its configuration for itself: "set share-config enable"');
    if (!share.isReached) throw new Error(unreached);
    return share;
  }

  #is(settings: ClusterSettings | null): boolean {
    return identityOf(settings) === identityOf(this.#settings);
  }

  report(): ClusterReport | null {
    const settings = this.#settings;
    if (settings === null) return null;
    return {
      node: settings.node,
      server: this.#server,
      reason: this.#reason,
      unreadable: this.#unreadable,
      ...(this.#membership?.report(this.#server !== '') ?? nothing),
    };
  }

  async #run(settings: ClusterSettings, signal: AbortSignal): Promise<void> {
    const { record, reveal } = this.#host;
    this.#epoch = Math.max(Date.now(), this.#epoch + 1);
    const life = { life: this.#life, epoch: this.#epoch };
    const membership = new Membership(this.#host, settings, this.#protocol, life, (unread) =>
      this.#countUnreadable(unread),
    );
    this.#membership = membership;
    let wasReached = true;
    let envelopes: Envelopes | null = null;
    while (!signal.aborted) {
      let reason: string;
      try {
        envelopes ??= new Envelopes(await clusterKey(reveal(settings.key), settings.prefix));
        const store = await openRedis(settings.servers, reveal, membership.listeners(envelopes), signal);
        const { server } = store;
        const works = (): void => {
          this.#server = server;
          this.#reason = '';
          record(clusterReached({ server }));
          wasReached = true;
        };
        try {
          reason = await membership.takePart(store, envelopes, signal, works);
        } finally {
          store.close();
        }
      } catch (error) {
        reason = messageOf(error);
      }
      this.#server = '';
      membership.configuration?.lost();
      if (signal.aborted) break;
      this.#reason = reason;
      if (wasReached && !this.#isGivingWay) record(clusterLost({ reason }));
      wasReached = false;
      await pausedFor(retryInterval, signal);
    }
    await membership.stop();
  }

  #countUnreadable(unread: Unread): void {
    this.#unreadable += 1;
    // Of versions that are not known `versions-differ` tells.
    if (unread === 'unknown' || this.#told.has(unread)) return;
    this.#told.add(unread);
    this.#host.record(unread === 'foreign' ? clusterUnreadable({}) : clusterImpossible({}));
  }
}

const unreached = 'the store of the cluster is not reached';

const choice = '"execute cluster adopt" takes theirs, "execute cluster publish" gives them yours';

/** What others know this node by; the rest of its settings changes without a new beginning. */
function identityOf(settings: ClusterSettings | null): string {
  return JSON.stringify(settings && { ...settings, counts: settings.counts !== null });
}

const nothing = {
  state: 'unreachable',
  clockAhead: 0,
  speaks: versionsText(protocol.versions),
  spoken: protocol.versions.newest,
  blocks: 0,
  configuration: null,
  peers: [],
  counts: null,
} as const;
