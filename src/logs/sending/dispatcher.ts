import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../events/events.ts';
import type { Reveal } from '../../policy/reading.ts';
import type { DestinationStatus, DestinationTest } from '../../system/log-access.ts';
import type { NumberedRecord } from '../records/record.ts';
import { recordKinds } from '../records/record-kind.ts';
import type { LoggingSettings } from '../settings/settings.ts';
import { Destination } from './destination.ts';
import { type DestinationSettings, destinationKinds, type Sender } from './destination-kind.ts';
import type { Pauses } from './sending-queue.ts';
import { testDestination } from './test-destination.ts';

type Options = {
  readonly reveal: Reveal;
  readonly pauses: Pauses;
  report(event: Event): void;
};

type Routing = Pick<LoggingSettings, 'alertMail' | 'triggers'>;

/** Milliseconds for what a server was still to get when it was taken out of the configuration. */
const removalPatience = 5000;

/** Gives records to the destinations outside that are to have them. */
export class Dispatcher {
  readonly #options: Options;
  #routing: Routing = { alertMail: null, triggers: new Map() };
  /** By row id. */
  #destinations: ReadonlyMap<number, Destination> = new Map();
  /** Out of the configuration, and still at what they were to get. */
  readonly #leaving = new Set<Destination>();

  constructor(options: Options) {
    this.#options = options;
  }

  get status(): readonly DestinationStatus[] {
    return [...this.#destinations.values()].map(({ status }) => status);
  }

  /** Destinations that are as they were stay; a changed one takes over what its predecessor had not sent. */
  configure(settings: LoggingSettings): void {
    this.#routing = settings;
    const known = new Map(this.#destinations);
    const wanted = [...settings.destinations].flatMap(([kind, compiled]) =>
      compiled.map((each) => [each.id, this.#configured(kind, each, known)] as const),
    );
    this.#destinations = new Map(wanted);
    for (const removed of known.values()) void this.#remove(removed);
  }

  write(record: NumberedRecord): void {
    const { alertMail, triggers } = this.#routing;
    const policies = new Set(triggers.get(record.trigger));
    if (alertMail !== null && recordKinds.get(record.kind)?.isAlert) policies.add(alertMail);
    if (policies.size === 0) return;
    for (const destination of this.#destinations.values()) {
      if (policies.has(destination.settings.policy)) destination.write(record);
    }
  }

  /** Sends a record to each destination that a trigger policy names, whatever waits there. */
  test(trigger: string, record: NumberedRecord, signal: AbortSignal): Promise<readonly DestinationTest[]> {
    const policies = new Set(this.#routing.triggers.get(trigger));
    const destinations = [...this.#destinations.values()].filter(({ settings }) =>
      policies.has(settings.policy),
    );
    return Promise.all(
      destinations.map(({ kind, settings }) =>
        testDestination(this.#senderOf(kind, settings), record, signal),
      ),
    );
  }

  /** Ends all of them when they have sent everything, or after so many milliseconds. */
  async drain(patience: number): Promise<void> {
    const destinations = [...this.#destinations.values(), ...this.#leaving];
    await Promise.all(destinations.map((destination) => destination.drain(patience)));
  }

  /** Takes it out of `known`, if it is there. */
  #configured(kindName: string, settings: DestinationSettings, known: Map<number, Destination>): Destination {
    const old = known.get(settings.id);
    known.delete(settings.id);
    if (old !== undefined && isDeepStrictEqual(old.settings, settings)) return old;
    const { pauses, report } = this.#options;
    const destination = new Destination(
      kindName,
      settings,
      this.#senderOf(kindName, settings),
      pauses,
      report,
    );
    if (old !== undefined) void destination.replace(old);
    return destination;
  }

  #senderOf(kindName: string, settings: DestinationSettings): Sender<unknown> {
    const kind = destinationKinds.get(kindName);
    if (kind === undefined) throw new RangeError(`there is no destination of kind ${kindName}`);
    return kind.open(settings, this.#options.reveal);
  }

  async #remove(destination: Destination): Promise<void> {
    this.#leaving.add(destination);
    await destination.drain(removalPatience);
    this.#leaving.delete(destination);
  }
}
