import type { Event } from '../../logs/records/events.ts';
import { tableUsage } from '../../verdict/upkeep/sources.ts';

const lookInterval = 1000;
/** Without a connection that found no room for so long, being full is over. */
const quiet = 60_000;

/** Tells when the sources table begins to be full, once for each time that it is. */
export class FullTableWatch {
  readonly #table: SharedArrayBuffer;
  readonly #note: (event: Event) => void;
  readonly #timer: NodeJS.Timeout;
  /** `open`: new sources are admitted uncounted. */
  setting: 'open' | 'closed' = 'open';
  #turnedAway = 0;
  #since: number | undefined;

  constructor(table: SharedArrayBuffer, note: (event: Event) => void) {
    this.#table = table;
    this.#note = note;
    this.#timer = setInterval(() => this.look(performance.now()), lookInterval);
  }

  /** `now`: milliseconds of a monotonic clock. */
  look(now: number): void {
    const { capacity, fullAdmitted, fullRefused } = tableUsage(this.#table);
    const turnedAway = fullAdmitted + fullRefused;
    if (turnedAway === this.#turnedAway) {
      if (this.#since !== undefined && now - this.#since >= quiet) this.#since = undefined;
      return;
    }
    this.#turnedAway = turnedAway;
    const isNew = this.#since === undefined;
    this.#since = now;
    if (isNew) this.#note({ type: 'sources-table-full', admits: this.setting === 'open', capacity });
  }

  stop(): void {
    this.look(performance.now());
    clearInterval(this.#timer);
  }
}
