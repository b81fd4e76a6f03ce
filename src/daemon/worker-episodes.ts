import { monotonicNow } from '../enforcer/clock.ts';
import { clearPolicy, sweepEpisodes } from '../verdict/episodes.ts';
import type { EpisodeLine } from '../verdict/source.ts';

const SWEEP_INTERVAL = 1000;

/** Reports the episodes of the sources table once an interval and ends them, on the main thread. */
export class EpisodeSweep {
  private readonly table: SharedArrayBuffer;
  /** Milliseconds: so long without a violation ends an episode, so often one that goes on is told of. */
  reportInterval: number;
  private readonly emit: (line: EpisodeLine) => void;
  /** Policies whose sources are not all cleared. */
  private ending: readonly number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(table: SharedArrayBuffer, reportInterval: number, emit: (line: EpisodeLine) => void) {
    this.table = table;
    this.reportInterval = reportInterval;
    this.emit = emit;
    this.timer = setInterval(() => this.sweep(), SWEEP_INTERVAL);
  }

  /** Ends what these policies have running. For policies that no worker knows any more. */
  end(policies: readonly number[]): void {
    this.ending = [...this.ending, ...policies];
    this.clear();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sweep(): void {
    this.clear();
    // A shard that is busy is left for the next time.
    sweepEpisodes(this.table, monotonicNow(), this.reportInterval, this.emit);
  }

  private clear(): void {
    const now = monotonicNow();
    this.ending = this.ending.filter((policy) => !clearPolicy(this.table, policy, now, this.emit));
  }
}
