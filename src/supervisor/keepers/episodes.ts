import { setTimeout } from 'node:timers/promises';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { clearPolicy, sweepEpisodes } from '../../verdict/upkeep/episodes.ts';
import type { EpisodeLine } from '../../verdict/upkeep/source-state.ts';

const sweepInterval = 1000;
/** A shard of the table is busy: a worker is in it, or has died there and is about to be recovered. */
const busyRetry = 10;

/** Reports the episodes of the sources table once an interval and ends them, on the main thread. */
export class EpisodeSweep {
  readonly #table: SharedArrayBuffer;
  /** Milliseconds: so long without a violation ends an episode, so often one that goes on is told of. */
  reportInterval: number;
  readonly #emit: (line: EpisodeLine) => void;
  readonly #timer: NodeJS.Timeout;

  constructor(table: SharedArrayBuffer, reportInterval: number, emit: (line: EpisodeLine) => void) {
    this.#table = table;
    this.reportInterval = reportInterval;
    this.#emit = emit;
    this.#timer = setInterval(() => this.#sweep(), sweepInterval);
  }

  /** Ends what these policies have running, for good: no worker knows them any more. Resolves when all is told. */
  async end(policies: readonly number[]): Promise<void> {
    for (const policy of policies) {
      while (!clearPolicy(this.#table, policy, monotonicNow(), this.#emit)) await setTimeout(busyRetry);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    // A shard that is busy is left for the next time.
    sweepEpisodes(this.#table, monotonicNow(), this.reportInterval, this.#emit);
  }
}
