import { isDeepStrictEqual } from 'node:util';
import { logTested } from '../events/administration.ts';
import type { Event } from '../events/events.ts';
import type { Reveal } from '../policy/reading.ts';
import type { PolicySnapshot } from '../policy/snapshot.ts';
import type { Author, DestinationStatus, DestinationTest, LogAccess, LogLine } from '../system/log-access.ts';
import { settledWithin } from '../time/patience.ts';
import { Pulse } from '../time/pulse.ts';
import type { ViolationRecord } from '../verdict/judge/records.ts';
import { Disk } from './files/disk.ts';
import { WrittenRecords } from './files/written-records.ts';
import { attackRecord } from './kinds/attack.ts';
import { eventRecord } from './kinds/event.ts';
import { EventBudget, type TimedEvent } from './records/event-budget.ts';
import { fieldValues, printLine } from './records/key-value-line.ts';
import { type BudgetedRecord, LineBudget } from './records/line-budget.ts';
import { type LogRecord, type NumberedRecord, numbered } from './records/record.ts';
import { Dispatcher } from './sending/dispatcher.ts';
import type { Pauses } from './sending/sending-queue.ts';
import type { LoggingSettings } from './settings/settings.ts';

export type LogsOptions = {
  /** Where the log files are. */
  readonly folder: string;
  readonly settings: LoggingSettings;
  readonly reveal: Reveal;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** Before what could not be sent is tried again. */
  readonly pauses?: Pauses;
  /** Milliseconds at the end for all that is still to be sent. */
  readonly lastPatience?: number;
  /** Hears of each event that is recorded: where files can't be written, the event log can't say so. */
  readonly report?: (event: Event) => void;
};

const standardPauses: Pauses = { first: 1000, longest: 60_000 };
const standardLastPatience = 3000;
/** Milliseconds after which a policy whose interval is over gets the line of what had none. */
const tick = 1000;

/** Where events are written. */
export type EventSink = { event(event: Event, time: number): void };

/** All records, and where they go: files, syslog servers, mail, and whoever follows them. */
export class Logs implements LogAccess {
  readonly records: WrittenRecords;
  readonly #disk: Disk;
  readonly #dispatcher: Dispatcher;
  readonly #budget: LineBudget;
  readonly #events = new EventBudget();
  readonly #heard: (event: Event) => void;
  readonly #now: () => number;
  readonly #lastPatience: number;
  readonly #followers = new Map<string, Set<(line: LogLine) => void>>();
  readonly #pulse: Pulse;
  #settings: LoggingSettings;
  /** Who writes in the place of this one. */
  #heir: EventSink | undefined;
  /** Of the last record. */
  #messageId: number;

  constructor({ folder, settings, reveal, now, pauses, lastPatience, report: heard }: LogsOptions) {
    const report = (event: Event): void => this.event(event);
    this.#heard = heard ?? (() => {});
    this.#settings = settings;
    this.#lastPatience = lastPatience ?? standardLastPatience;
    this.#now = now ?? (() => performance.now());
    this.#disk = new Disk(folder, settings.disk, report);
    this.records = new WrittenRecords(folder, () => this.#disk.flush());
    this.#messageId = this.#disk.lastMessageId;
    this.#dispatcher = new Dispatcher({ reveal, pauses: pauses ?? standardPauses, report });
    this.#dispatcher.configure(settings);
    this.#budget = new LineBudget(settings.reportInterval);
    this.#pulse = new Pulse(tick, () => {
      this.#writeAll(this.#budget.due(this.#now()));
      this.#recordAll(this.#events.due(Date.now(), this.#now()));
    });
  }

  /** Takes over what has changed; no record is lost, and the connections of servers that stay the same go on. */
  configure(settings: LoggingSettings): void {
    const { disk } = this.#settings;
    this.#settings = settings;
    this.#budget.interval = settings.reportInterval;
    if (!isDeepStrictEqual(disk, settings.disk)) this.#disk.configure(settings.disk);
    this.#dispatcher.configure(settings);
  }

  violation(record: ViolationRecord, policy: PolicySnapshot): void {
    if (this.#settings.written.has('attack')) this.#writeAll(this.#budget.take(record, policy, this.#now()));
  }

  /** `time`: milliseconds since 1970; now, where it is left out. */
  event(event: Event, time = Date.now()): void {
    if (this.#heir !== undefined) {
      this.#heir.event(event, time);
      return;
    }
    this.#recordAll(this.#events.take(event, time, this.#now()));
  }

  /** Of any kind whose log is on. */
  record(record: LogRecord): void {
    if (this.#settings.written.has(record.kind)) this.#write(record);
  }

  /** Calls the listener with each record as it is written, until the returned function is called. */
  follow(kind: string, listener: (line: LogLine) => void): () => void {
    const listeners = this.#followers.get(kind) ?? new Set();
    this.#followers.set(kind, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** How the servers stand that records are sent to. */
  status(): readonly DestinationStatus[] {
    return this.#dispatcher.status;
  }

  async test(
    trigger: string,
    { name, origin }: Author,
    signal: AbortSignal,
  ): Promise<readonly DestinationTest[]> {
    const record = eventRecord(logTested({ user: name, ui: origin, trigger }), Date.now(), trigger);
    const whole = this.#numbered(record);
    if (this.#settings.written.has(record.kind)) this.#keep(whole);
    return this.#dispatcher.test(trigger, whole, signal);
  }

  /** Opens the log files anew: for whoever has moved them (SIGHUP). */
  reopen(): void {
    this.#disk.reopen();
  }

  /** Writes what waits for the log files. */
  flush(): void {
    this.#disk.flush();
  }

  /** Numbers records from where another process has come to, which wrote the files until now. */
  takeOver(): void {
    this.#messageId = this.#disk.lastMessageId;
  }

  /**
   * Another process writes the log files from now on, and gets what happens. Resolves when destinations have what they were
   * to get, or the last patience with them is over.
   */
  async handOver(heir: EventSink): Promise<void> {
    this.#pulse.stop();
    this.settle();
    this.#disk.reopen();
    this.#heir = heir;
    await this.#dispatcher.drain(this.#lastPatience);
  }

  /** Writes what was to be told of the intervals that are on. */
  settle(): void {
    this.#writeAll(this.#budget.close());
    this.#recordAll(this.#events.close(Date.now()));
  }

  /**
   * Writes all that is left, and gives what is to be sent a few seconds.
   *
   * @param spent milliseconds that whoever ends Levee has waited for others already: of these few, a third stays in any case
   * @param hurry aborted: nothing waits any more
   */
  async close(spent = 0, hurry?: AbortSignal): Promise<void> {
    this.#pulse.stop();
    this.settle();
    const patience = Math.max(this.#lastPatience / 3, this.#lastPatience - spent);
    // Twice: that it is over, it says itself.
    await settledWithin(2 * patience, this.#dispatcher.drain(patience), hurry);
    if (hurry?.aborted === true) await this.#dispatcher.drain(0);
    // Of what could not be sent, and could not be written.
    this.settle();
    this.#disk.tellLost();
    this.settle();
    this.#disk.reopen();
  }

  #writeAll(records: readonly BudgetedRecord[]): void {
    for (const { record, policy, sources } of records) {
      this.#write(attackRecord(record, policy, sources));
    }
  }

  #recordAll(events: readonly TimedEvent[]): void {
    for (const { event, time } of events) {
      this.record(eventRecord(event, time, this.#settings.eventTrigger));
      this.#heard(event);
    }
  }

  #write(record: LogRecord): void {
    const whole = this.#numbered(record);
    this.#keep(whole);
    this.#dispatcher.write(whole);
  }

  #numbered(record: LogRecord): NumberedRecord {
    this.#messageId += 1;
    return numbered(record, { deviceName: this.#settings.deviceName, messageId: this.#messageId });
  }

  /** On the disk, and before the eyes of whoever follows. */
  #keep(whole: NumberedRecord): void {
    this.#disk.write(whole);
    const listeners = this.#followers.get(whole.kind);
    if (listeners === undefined || listeners.size === 0) return;
    const line = { line: printLine(whole.fields), fields: fieldValues(whole.fields) };
    for (const listener of listeners) listener(line);
  }
}
