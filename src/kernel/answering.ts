import type { RaisedEvent } from '../events/events.ts';
import { kernelNotAnswering } from '../events/kernel.ts';
import type { Snapshot } from '../policy/snapshot.ts';
import { isFailure, type KernelTable } from './kernel-table.ts';
import type { NftFailure } from './nft.ts';
import { answeredPolicies, type KernelPlan, kernelPlanOf } from './plan.ts';
import { policyOfKey } from './ruleset.ts';
import { type SynFloodLine, SynFloods } from './syn-floods.ts';
import { hasOwnCookies, type ReadKernel, type Synproxy, synproxyHere } from './synproxy.ts';

/** Milliseconds between two looks at the settings of the kernel, and at what it has answered. */
const interval = 1000;

const statistics = '/proc/net/stat/synproxy';

export type AnsweringOptions = {
  readonly read: ReadKernel;
  /** The largest packets of the network interfaces. */
  readonly mtus: () => readonly number[];
  readonly onEvent: (event: RaisedEvent) => void;
  readonly onFlood: (line: SynFloodLine) => void;
};

/** How a policy with `syncookie enable` fares. */
export type SynCookieStatus = {
  /** `own-cookies`: the kernel can't answer, and sends SYN cookies once the queue of the listener is full. */
  readonly state: 'watching' | 'answering' | 'own-cookies' | 'unprotected';
  /** Why the kernel can't answer, with what is to be done; or ''. */
  readonly reason: string;
  /** Handshakes that it has answered. */
  readonly answered: number;
};

/** Whether the kernel can answer handshakes here, for whom it does, and how many. */
export class Answering {
  readonly floods: SynFloods;
  readonly #options: AnsweringOptions;
  #isWanted = false;
  #here: Synproxy | { readonly obstacle: string } | null = null;
  /** Why nft would not have it, or ''. */
  #fault = '';
  /** What has answered for connections that may still be open. */
  #kept: Synproxy | null = null;
  #seen: ReadonlyMap<string, number> = new Map();
  /** What the kernel said last of all that is answered in this network namespace. */
  #statistics: string | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #told = new Map<number, string>();

  constructor(options: AnsweringOptions) {
    this.#options = options;
    this.floods = new SynFloods(options.onFlood);
  }

  /** Gives it another try. */
  forgetFault(): void {
    this.#fault = '';
    this.#here = null;
  }

  /** Whether there is a policy that it is to answer for. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  planFor(snapshot: Snapshot): KernelPlan | null {
    this.#isWanted = answeredPolicies(snapshot).length > 0;
    if (this.#isWanted) this.#here ??= this.#look();
    const synproxy =
      this.#fault !== '' || this.#here === null || 'obstacle' in this.#here ? null : this.#here;
    return kernelPlanOf(snapshot, synproxy, this.#kept);
  }

  /** Whether it is time to look at settings and counters. */
  isDue(now: number): boolean {
    return now - this.#lookedAt >= interval;
  }

  /** Whether the settings of the kernel have changed what can be done. */
  hasChanged(now: number): boolean {
    this.#lookedAt = now;
    if (this.#here === null) return false;
    const before = JSON.stringify(this.#here);
    this.#here = this.#look();
    return JSON.stringify(this.#here) !== before;
  }

  /** Takes up what the kernel has answered since this was last asked. */
  async readFrom(table: KernelTable, synproxy: Synproxy, now: () => number): Promise<NftFailure | null> {
    const before = this.#statistics;
    this.#statistics = this.#options.read(statistics);
    if (this.#statistics !== null && this.#statistics === before) {
      this.floods.look(new Map(), now());
      return null;
    }
    const answered = await table.readAnswered();
    // Where the set is gone, whoever looks at the table will find that out.
    if (isFailure(answered)) return answered.kind === 'refused' ? null : answered;
    this.counted(answered, synproxy, now());
    return null;
  }

  /** nft refuses to have the kernel answer. */
  failed(reason: string): void {
    this.#fault = reason;
  }

  /** What the kernel has counted, by key; `synproxy`: what answers. */
  counted(answered: ReadonlyMap<string, number>, synproxy: Synproxy | null, now: number): void {
    const more = new Map<number, number>();
    for (const [key, count] of answered) {
      const before = this.#seen.get(key) ?? 0;
      more.set(policyOfKey(key), count < before ? count : count - before);
      if (count > 0) this.#kept ??= synproxy;
    }
    this.#seen = answered;
    this.floods.look(more, now);
  }

  /** What an earlier process has seen already. */
  adopt(answered: ReadonlyMap<string, number>): void {
    this.#seen = answered;
  }

  /** The counters of the table begin at 0. */
  madeAnew(): void {
    this.#seen = new Map();
  }

  /** `otherwise`: why nothing can be done by nftables, or ''. */
  statusOf(policy: number, otherwise: string): SynCookieStatus {
    const reason = otherwise || this.#reason;
    const answered = this.floods.answered(policy);
    if (reason === '')
      return { state: this.floods.isOn(policy) ? 'answering' : 'watching', reason, answered };
    return { state: hasOwnCookies(this.#options.read) ? 'own-cookies' : 'unprotected', reason, answered };
  }

  /**
   * An event for each policy that the kernel is to answer for, and can't; each is recorded once.
   *
   * @param otherwise why nothing can be done by nftables, or ''
   */
  shortfalls(snapshot: Snapshot, otherwise: string): readonly RaisedEvent[] {
    const reason = otherwise || this.#reason;
    const policies = answeredPolicies(snapshot);
    const events = policies.map(({ id }) => {
      const hasCookies = hasOwnCookies(this.#options.read);
      return kernelNotAnswering({ policy: id, reason, hasCookies });
    });
    for (const { id } of policies) {
      if (reason !== '' && this.#told.get(id) !== reason)
        for (const event of events) if (event.policy === id) this.#options.onEvent(event);
      this.#told.set(id, reason);
    }
    return reason === '' ? [] : events;
  }

  get #reason(): string {
    if (this.#fault !== '') return this.#fault;
    return this.#here !== null && 'obstacle' in this.#here ? this.#here.obstacle : '';
  }

  #look(): Synproxy | { readonly obstacle: string } {
    return synproxyHere(this.#options.read, this.#options.mtus());
  }
}
