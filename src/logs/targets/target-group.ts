import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../events/events.ts';
import type { Destinations } from '../../policy/logging/destinations.ts';
import type { LogTarget } from '../../system/log-access.ts';
import type { NumberedRecord } from '../records/record.ts';
import type { DestinationKind, Reveal } from './destination.ts';
import type { Pauses } from './sending-queue.ts';
import { Target } from './target.ts';
import { settledWithin } from './timeout.ts';

export type TargetOptions = {
  readonly reveal: Reveal;
  readonly pauses: Pauses;
  report(event: Event): void;
};

/** Milliseconds for what a server was still to get when it was taken out of the configuration. */
const removalPatience = 5000;

/** The targets of one kind, by the row id of their settings. */
export class TargetGroup<Settings extends { readonly id: number }, Item> {
  readonly #kind: DestinationKind<Settings, Item>;
  readonly #options: TargetOptions;
  #targets = new Map<number, Target<Settings, Item>>();
  /** What ends in the background. */
  readonly #ending = new Set<Promise<void>>();

  constructor(kind: DestinationKind<Settings, Item>, options: TargetOptions) {
    this.#kind = kind;
    this.#options = options;
  }

  get status(): readonly LogTarget[] {
    return [...this.#targets.values()].map(({ status }) => status);
  }

  /** Targets that are as they were stay; a changed one takes over what its predecessor had not sent. */
  configure(destinations: Destinations): void {
    const { reveal, pauses, report } = this.#options;
    const known = this.#targets;
    this.#targets = new Map();
    for (const settings of this.#kind.settingsOf(destinations)) {
      const old = known.get(settings.id);
      known.delete(settings.id);
      if (old !== undefined && isDeepStrictEqual(old.settings, settings)) {
        this.#targets.set(settings.id, old);
        continue;
      }
      const target = new Target(settings, this.#kind.open(settings, reveal), pauses, report);
      this.#targets.set(settings.id, target);
      if (old !== undefined) this.#end(target.replace(old));
    }
    for (const removed of known.values()) this.#end(removed.drain(removalPatience));
  }

  /** `rows`: ids by which destinations are named. */
  write(record: NumberedRecord, rows: ReadonlySet<number>): void {
    for (const target of this.#targets.values()) {
      if (rows.has(this.#kind.namedBy(target.settings))) target.write(record);
    }
  }

  /** Ends all of them when they have sent everything, or the time for that is over. */
  async drain(): Promise<void> {
    const { last: patience } = this.#options.pauses;
    const targets = [...this.#targets.values()];
    // Who takes over from another one waits for what that is just sending.
    await settledWithin(patience, Promise.all(this.#ending));
    await Promise.all(targets.map((target) => target.drain(patience)));
  }

  #end(ending: Promise<void>): void {
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }
}
