import type { Event } from '../../events/events.ts';
import { sourcesTableFull } from '../../events/workers.ts';
import { Pulse } from '../../time/pulse.ts';
import { tableUsage } from '../../verdict/upkeep/sources.ts';

const pollInterval = 1000;
/** Milliseconds without a connection that found no room, after which the table is no longer full. */
const quiet = 60_000;

/** Reports that the sources table is full, once for each time that it becomes so. */
export class FullTableWatch {
  readonly #table: SharedArrayBuffer;
  readonly #record: (event: Event) => void;
  readonly #pulse: Pulse;
  /** `open`: new sources are admitted uncounted. */
  setting: 'open' | 'closed' = 'open';
  #turnedAway = 0;
  #since: number | undefined;

  constructor(table: SharedArrayBuffer, record: (event: Event) => void) {
    this.#table = table;
    this.#record = record;
    this.#pulse = new Pulse(pollInterval, () => this.poll(performance.now()));
  }

  /** `now`: milliseconds of a monotonic clock. */
  poll(now: number): void {
    const { capacity, fullAdmitted, fullRefused } = tableUsage(this.#table);
    const turnedAway = fullAdmitted + fullRefused;
    if (turnedAway === this.#turnedAway) {
      if (this.#since !== undefined && now - this.#since >= quiet) this.#since = undefined;
      return;
    }
    this.#turnedAway = turnedAway;
    const isNew = this.#since === undefined;
    this.#since = now;
    if (isNew) this.#record(sourcesTableFull({ admits: this.setting === 'open', capacity }));
  }

  stop(): void {
    this.poll(performance.now());
    this.#pulse.stop();
  }
}
