import { doorFailed, doorOpened, doorShut } from '../events/doors.ts';
import type { Event } from '../events/events.ts';
import { endpointText } from '../net/endpoint.ts';
import type { DoorKind } from '../system/login.ts';
import type { DoorReport } from '../system/reports/doors.ts';
import { codeOf, reasonOf } from '../text/reason.ts';
import type { DoorSettings, NetworkDoor, OpenNetworkDoor } from './door.ts';

/** Milliseconds after which it is tried again to open what could not be opened. */
const retryInterval = 5000;

/** Why an address and port can't be had, and what is to be done. */
const bindReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has that port: stop it, or "set port"',
  EADDRNOTAVAIL: 'this machine has no such address: "set address"',
  EACCES: 'the system keeps ports below 1024 from Levee: "set port"',
};

/** Opens a door of each type; what does so is loaded with the first one. */
export type DoorTypes = Readonly<Record<DoorKind, OpenNetworkDoor>>;

type Entry = { settings: DoorSettings; door: NetworkDoor | undefined; failure: string };

/** Keeps doors on the network as the configuration has them. */
export class NetworkDoors {
  readonly #types: DoorTypes;
  readonly #report: (event: Event) => void;
  readonly #entries = new Map<number, Entry>();
  /** Shut doors through which somebody has come who is still here. */
  readonly #shut = new Set<NetworkDoor>();
  #working: Promise<unknown> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(types: DoorTypes, report: (event: Event) => void) {
    this.#types = types;
    this.#report = report;
  }

  /** Opens and shuts what the settings say. Settles when that is done, with what is new of what can't be done yet. */
  apply(settings: readonly DoorSettings[]): Promise<readonly string[]> {
    const applied = this.#working.then(() => this.#apply(settings));
    this.#working = applied.catch(() => undefined);
    return applied;
  }

  get doors(): readonly DoorReport[] {
    return [...this.#entries.values()].map(({ settings, door, failure }) => ({
      name: settings.name,
      type: settings.type,
      address: settings.address,
      port: settings.port,
      state: door === undefined ? 'failed' : 'open',
      reason: failure,
      guests: door?.guests ?? 0,
      strangers: door?.strangers ?? 0,
    }));
  }

  close(): void {
    this.#isClosed = true;
    this.suspend();
  }

  /** Sends everybody away, and lets nobody in until the next `apply`. */
  suspend(): void {
    clearTimeout(this.#retry);
    for (const { door } of this.#entries.values()) door?.close();
    for (const door of this.#shut) door.close();
    this.#entries.clear();
    this.#shut.clear();
  }

  async #apply(settings: readonly DoorSettings[]): Promise<readonly string[]> {
    const wanted = new Map(settings.map((each) => [each.row, each]));
    for (const [row, entry] of this.#entries) {
      const next = wanted.get(row);
      if (next !== undefined && isSamePlace(entry.settings, next)) entry.settings = next;
      else this.#leave(row, entry);
    }
    for (const each of settings) {
      const entry = this.#entries.get(each.row) ?? { settings: each, door: undefined, failure: '' };
      // In the order of the configuration.
      this.#entries.delete(each.row);
      this.#entries.set(each.row, entry);
    }
    return await this.#openAll();
  }

  #leave(row: number, { settings, door }: Entry): void {
    this.#entries.delete(row);
    if (door === undefined) return;
    door.shut();
    for (const other of this.#shut) if (other.guests === 0) this.#shut.delete(other);
    this.#shut.add(door);
    this.#report(doorShut(placeOf(settings)));
  }

  /** Opens what is not open, and gives why some of it could not be, where that was not so before. */
  async #openAll(): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const entry of this.#entries.values()) {
      const { failure } = entry;
      if (entry.door === undefined) await this.#open(entry);
      if (entry.failure !== '' && entry.failure !== failure)
        failures.push(`door "${entry.settings.name}" is not open: ${entry.failure}`);
    }
    clearTimeout(this.#retry);
    if (this.doors.some(({ state }) => state === 'failed') && !this.#isClosed)
      this.#retry = setTimeout(() => this.#again(), retryInterval).unref();
    return failures;
  }

  #again(): void {
    this.#working = this.#working.then(() => this.#openAll()).catch(() => undefined);
  }

  async #open(entry: Entry): Promise<void> {
    const { settings, failure } = entry;
    try {
      const door = await this.#types[settings.type](() => entry.settings);
      // It may be wanted no more.
      if (this.#entries.get(settings.row) !== entry) {
        door.close();
        return;
      }
      entry.door = door;
      entry.failure = '';
      this.#report(doorOpened(placeOf(settings)));
    } catch (error) {
      entry.failure = bindReasons[codeOf(error) ?? ''] ?? reasonOf(error);
      if (entry.failure !== failure)
        this.#report(doorFailed({ ...placeOf(settings), reason: entry.failure }));
    }
  }
}

function isSamePlace(one: DoorSettings, other: DoorSettings): boolean {
  const isSameTls =
    one.tls?.certificate === other.tls?.certificate &&
    one.tls?.key === other.tls?.key &&
    (one.tls === null) === (other.tls === null);
  return one.type === other.type && one.address === other.address && one.port === other.port && isSameTls;
}

function placeOf({ name, type, address, port }: DoorSettings): {
  readonly door: string;
  readonly kind: DoorKind;
  readonly endpoint: string;
} {
  return { door: name, kind: type, endpoint: endpointText({ address, port }) };
}
