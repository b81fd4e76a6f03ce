import { setTimeout } from 'node:timers/promises';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { Pulse } from '../../time/pulse.ts';
import { inTurns } from '../../time/time-slice.ts';
import { clearPolicy, sweepEpisodes } from '../../verdict/upkeep/episodes.ts';
import type { EpisodeLine } from '../../verdict/upkeep/source-state.ts';

const sweepInterval = 1000;
/** Milliseconds until a busy shard is tried again: a worker is in it, or has died there and is about to be recovered. */
const busyRetry = 10;

/** Reports the episodes of the sources table once an interval, and ends those that are over, on the main thread. */
export class EpisodeSweep {
  readonly #table: SharedArrayBuffer;
  /** Milliseconds without a violation that end an episode, and between two reports of one that goes on. */
  reportInterval: number;
  readonly #emit: (line: EpisodeLine) => void;
  readonly #pulse: Pulse;
  #sweeping: Promise<unknown> | undefined;

  constructor(table: SharedArrayBuffer, reportInterval: number, emit: (line: EpisodeLine) => void) {
    this.#table = table;
    this.reportInterval = reportInterval;
    this.#emit = emit;
    this.#pulse = new Pulse(sweepInterval, () => this.#sweep());
  }

  /** Ends the episodes of policies that no worker knows any more. Resolves when all are reported. */
  async end(policies: readonly number[]): Promise<void> {
    // It may know some of them, and reports what it ends.
    await this.#sweeping;
    for (const policy of policies) {
      while (!(await inTurns(clearPolicy(this.#table, policy, monotonicNow(), this.#emit))))
        await setTimeout(busyRetry);
    }
  }

  stop(): void {
    this.#pulse.stop();
  }

  #sweep(): void {
    if (this.#sweeping !== undefined) return;
    // A busy shard is left for the next sweep.
    const sweeping = inTurns(
      sweepEpisodes(this.#table, monotonicNow(), this.reportInterval, this.#emit),
    ).finally(() => {
      this.#sweeping = undefined;
    });
    this.#sweeping = sweeping;
  }
}
