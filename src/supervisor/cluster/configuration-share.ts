import { compareHeads, type Head, nextStep, pastOf, wayTo } from '../../cluster/configuration/head.ts';
import { digestOf, type Image } from '../../cluster/configuration/image.ts';
import { merge } from '../../cluster/configuration/merge.ts';
import type { OwnConfiguration, Shared } from '../../cluster/configuration/own-configuration.ts';
import { PackingError } from '../../cluster/messages/packing.ts';
import type { Presence } from '../../cluster/messages/presence.ts';
import type { Unread } from '../../cluster/messages/sealed.ts';
import type { RaisedEvent } from '../../events/events.ts';
import {
  configurationFollowed,
  configurationPublished,
  configurationReplaced,
  nodeNotFollowing,
} from '../../events/shared-configuration.ts';
import type { ConfigurationReport } from '../../system/reports/cluster.ts';
import { productVersion } from '../../system/version.ts';
import { messageOf } from '../../text/reason.ts';
import { pausedFor } from '../../time/patience.ts';
import { inTurns } from '../../time/time-slice.ts';
import {
  ConfigurationTrouble,
  inConflict,
  incomplete,
  lostMeanwhile,
  undecided,
  understoodOtherwise,
  whose,
} from './configuration-trouble.ts';
import type { Found, SharedPlace } from './shared-place.ts';

// Milliseconds between two looks at what is new here, and at the store.
const ownInterval = 50;
const storeInterval = 500;

export type ConfigurationShareHost = {
  readonly own: OwnConfiguration;
  readonly node: string;
  /** Milliseconds of the clock of the store. */
  readonly storeNow: () => number;
  readonly record: (event: RaisedEvent) => void;
  /** Something there can't be read. */
  readonly unreadable: (unread: Unread) => void;
  /** Whether it takes part: not under a name that another has. */
  readonly takesPart: () => boolean;
  /** Another one is what all have in common. */
  readonly stands: () => void;
};

/** What this node has, at a revision of it. */
type Own = { readonly revision: number; readonly image: Image; readonly digest: string };

/** What an administrator wants done as soon as the store is looked at. */
type Asked = {
  readonly do: (found: Found, mine: Own, place: SharedPlace) => Promise<void>;
  readonly refuse: (reason: string) => void;
};

/** The configuration that this node has in common with others: it writes what is committed here, and follows the others. */
export class ConfigurationShare {
  readonly #host: ConfigurationShareHost;
  #isHeard = true;
  #isReached = false;
  #storeDue = 0;
  #own: Own | undefined;
  /** What was in the store last. */
  #there: Head | null = null;
  /** What could not be read there, so that it is counted once. */
  #strange: Buffer | null = null;
  readonly #trouble: ConfigurationTrouble;
  /** The revision of this node about which all was done that could be. */
  #settled = -1;
  /** Why other nodes do not run what all others do; '': they do. */
  readonly #faults = new Map<string, string>();
  /** What administrators want done. */
  #asked: Asked[] = [];

  constructor(host: ConfigurationShareHost) {
    this.#host = host;
    this.#trouble = new ConfigurationTrouble(host.record, () => host.own.author?.author ?? '');
  }

  /** Somebody has written another one. */
  heard(): void {
    this.#isHeard = true;
  }

  /** The store can't be reached: nothing is known of what comes. */
  lost(): void {
    this.#isReached = false;
    this.#settled = -1;
    this.#refuseAsked('the store of the cluster was lost');
  }

  /** Has this node take over what the store has, whatever stands here. Rejects with why it can't. */
  adopt(): Promise<void> {
    return this.#whenReached(async ({ shared }, mine) => {
      if (shared === null) throw new Error(nothingThere);
      this.#trouble.clear();
      await this.#take(shared.image, shared, mine.revision, '');
      this.#expect(this.#host.own.standing?.head.digest === shared.head.digest);
    });
  }

  /** Has all others take over what stands here. Rejects with why it can't be written. */
  publish(): Promise<void> {
    return this.#whenReached(async (found, mine, place) => {
      this.#expect(await this.#publish(found, mine, place, found.shared));
    });
  }

  /** What the store has. Rejects where it has nothing. */
  newest(): Promise<Image> {
    return this.#whenReached(async ({ shared }) => {
      if (shared === null) throw new Error(nothingThere);
      return shared.image;
    });
  }

  #expect(isDone: boolean): void {
    const reason =
      this.#trouble.current?.reason ?? (isDone ? '' : 'somebody has committed at the same moment');
    if (reason !== '') throw new Error(reason);
  }

  #whenReached<T>(
    work: (found: Found & { readonly shared: Shared | null }, mine: Own, place: SharedPlace) => Promise<T>,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#asked.push({
      do: async (found, mine, place) => {
        try {
          const shared = found.head === null ? null : await place.fetch(found.head);
          resolve(await work({ ...found, shared }, mine, place));
        } catch (error) {
          reject(error);
        }
      },
      refuse: (reason) => reject(new Error(reason)),
    });
    return promise;
  }

  /** What nodes say of themselves: it is said when one begins not to run what others do. */
  meet(said: readonly Pick<Presence, 'node' | 'fault'>[]): void {
    for (const { node, fault } of said) {
      if (fault !== '' && node !== this.#host.node && this.#faults.get(node) !== fault)
        this.#host.record(nodeNotFollowing({ node, reason: fault }));
      this.#faults.set(node, fault);
    }
  }

  #refuseAsked(reason: string): void {
    for (const asked of this.#asked.splice(0)) asked.refuse(reason);
  }

  report(): ConfigurationReport {
    const { standing, revision } = this.#host.own;
    const head = standing?.head;
    return {
      state: this.#trouble.current?.state ?? (this.#settled === revision ? 'same' : 'ahead'),
      reason: this.#trouble.current?.reason ?? '',
      number: head?.number ?? 0,
      newest: Math.max(this.#there?.number ?? 0, head?.number ?? 0),
      node: head?.node ?? '',
      author: head?.author ?? '',
      time: head === undefined ? '' : new Date(head.time).toISOString(),
    };
  }

  /** Whether the store is. */
  get isReached(): boolean {
    return this.#isReached;
  }

  /** What was committed here is shared, or it is known why not. */
  get isSettled(): boolean {
    return this.#settled === this.#host.own.revision;
  }

  /** Until `signal` is aborted. Rejects once the store is lost. */
  async run(place: SharedPlace, signal: AbortSignal): Promise<void> {
    this.#isReached = true;
    while (!signal.aborted) {
      if (!this.#host.takesPart()) this.#refuseAsked('another node has the name of this one');
      else if (this.#isDue()) {
        this.#isHeard = false;
        this.#storeDue = performance.now() + storeInterval;
        const { revision } = this.#host.own;
        const isDone = await this.#look(place);
        this.#isHeard ||= !isDone;
        if (isDone) this.#settled = revision;
      }
      await pausedFor(ownInterval, signal);
    }
  }

  #isDue(): boolean {
    const isChanged = this.#settled !== this.#host.own.revision;
    return this.#isHeard || isChanged || this.#asked.length > 0 || performance.now() >= this.#storeDue;
  }

  /** Returns whether all is done for now. */
  async #look(place: SharedPlace): Promise<boolean> {
    if (!this.#host.own.isShared) {
      this.#refuseAsked('this node has its configuration for itself now');
      return true;
    }
    try {
      const found = await place.find();
      this.#there = found.head;
      this.#countStrange(found);
      const mine = await this.#ownImage();
      if (mine !== null) return await this.#proceed(found, mine, place);
    } catch (error) {
      if (!(error instanceof PackingError)) throw error;
      const reason = `Levee ${productVersion} can't read what is in the store: ${error.message}`;
      this.#trouble.found({ state: 'refused', reason }, null);
    }
    this.#refuseAsked(this.#trouble.current?.reason ?? '');
    return true;
  }

  async #proceed(found: Found, mine: Own, place: SharedPlace): Promise<boolean> {
    const [asked] = this.#asked.splice(0, 1);
    if (asked !== undefined) {
      await asked.do(found, mine, place);
      return false;
    }
    const { own } = this.#host;
    const { standing } = own;
    switch (nextStep(standing?.head ?? null, mine.digest, found.head)) {
      case 'nothing':
        this.#trouble.clear();
        return true;
      case 'publish':
        if (standing === null || own.author !== null) return await this.#publish(found, mine, place);
        // Two that make different things of one configuration would go on for ever.
        this.#trouble.found(understoodOtherwise, found.head);
        return true;
      case 'restore':
        if (standing === null) return true;
        this.#trouble.clear();
        return await place.write(found, { ...standing, image: mine.image });
      case 'follow':
      case 'join':
        return found.head === null ? true : await this.#takeOver(found.head, mine, place);
    }
  }

  #countStrange({ sealed, unread }: Found): void {
    if (sealed === null || unread === null) return;
    if (this.#strange?.equals(sealed) !== true) this.#host.unreadable(unread);
    this.#strange = sealed;
  }

  /** Null: it can't be told. */
  async #ownImage(): Promise<Own | null> {
    const { own } = this.#host;
    const { revision } = own;
    if (this.#own?.revision === revision) return this.#own;
    try {
      const image = await own.image();
      const digest = await inTurns(digestOf(image));
      if (own.revision !== revision) return await this.#ownImage();
      this.#own = { revision, image, digest };
      return this.#own;
    } catch (error) {
      this.#trouble.found({ state: 'refused', reason: messageOf(error) }, null);
      return null;
    }
  }

  /** `over`: what it takes the place of, besides what stands. */
  async #publish(
    found: Found,
    { image, digest, revision }: Own,
    place: SharedPlace,
    over: Shared | null = null,
  ): Promise<boolean> {
    const { own, node, storeNow, record } = this.#host;
    const { standing, waits } = own;
    if (waits !== '') {
      this.#trouble.note({ state: 'ahead', reason: waits });
      return true;
    }
    const before = [standing, over].filter((one) => one !== null);
    const [newest] = before.map(({ head }) => head).sort((one, other) => compareHeads(other, one));
    const head: Head = {
      ...(own.author ?? nobody),
      node,
      line: newest?.line ?? crypto.randomUUID(),
      number: (newest?.number ?? 0) + 1,
      time: Math.max(Math.floor(storeNow()), newest?.time ?? 0),
      digest,
    };
    const shared = { head, past: pastOf(before), image };
    if (!(await place.write(found, shared))) return false;
    await own.stand(shared, revision);
    this.#there = head;
    this.#trouble.clear();
    this.#host.stands();
    record(configurationPublished({ number: head.number, author: head.author }));
    return true;
  }

  async #takeOver(head: Head, mine: Own, place: SharedPlace): Promise<boolean> {
    const { own, node, record } = this.#host;
    const { standing, waits } = own;
    const of = JSON.stringify([mine.revision, head, waits]);
    if (this.#trouble.isKnown(of)) return true;
    const shared = await place.fetch(head);
    if (shared === null) {
      // Whoever has written it will be done the next time.
      this.#trouble.note(incomplete);
      return true;
    }
    switch (wayTo(standing?.head ?? null, mine.digest, node, shared)) {
      case 'ask':
        if (!(await own.differsFrom(shared.image))) break;
        this.#trouble.found(undecided, head, of);
        return true;
      case 'conflict':
        this.#trouble.found(lostMeanwhile(head, standing?.head), head, of);
        return true;
      case 'replace':
        if (standing !== null)
          record(configurationReplaced({ ...whose(standing.head), by: head.author, on: head.node }));
        break;
      case 'merge': {
        if (standing?.head.digest === mine.digest) break;
        const merged = await inTurns(merge(standing?.image ?? [], mine.image, shared.image));
        if ('image' in merged) return await this.#take(merged.image, shared, mine.revision, of);
        this.#trouble.found(inConflict(head, merged.conflicts), head, of);
        return true;
      }
    }
    return await this.#take(shared.image, shared, mine.revision, of);
  }

  async #take(image: Image, standing: Shared, over: number, of: string): Promise<boolean> {
    const { own, record } = this.#host;
    const { head } = standing;
    const taken = await own.take(image, standing, over);
    if (taken === 'changed-meanwhile') return false;
    if (taken !== 'taken') {
      this.#trouble.found({ state: 'refused', reason: taken.fault }, head, of);
      return true;
    }
    this.#trouble.clear();
    // Its rows may have other ids now.
    this.#own = undefined;
    this.#host.stands();
    record(configurationFollowed({ ...whose(head), revision: own.revision }));
    // What was merged into it is to be shared.
    return false;
  }
}

/** Of a configuration that is as it was installed. */
const nobody = { author: 'levee', origin: '', comment: '' };

const nothingThere = 'the store has no configuration';
