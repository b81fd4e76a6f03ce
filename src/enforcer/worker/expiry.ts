import type { Snapshot } from '../../policy/snapshot.ts';
import type { Engine, Timer } from '../engine/engine.ts';
import type { PolicyState } from './policy-state.ts';
import { defaultSilentAfter, type Timeouts, tickFor } from './timeouts.ts';

/** Ends what has timed out, at every tick: all connections of a worker, none with a timer of its own. */
export class Expiry {
  /** The time of the last tick, on the engine's clock. */
  tickTime: number;
  readonly #engine: Engine;
  readonly #timeouts: Timeouts;
  readonly #policies: ReadonlyMap<number, PolicyState>;
  #idleTimeout = 0;
  #interval = 0;
  #ticking: Timer | null = null;

  constructor(engine: Engine, timeouts: Timeouts, policies: ReadonlyMap<number, PolicyState>) {
    this.#engine = engine;
    this.#timeouts = timeouts;
    this.#policies = policies;
    this.tickTime = engine.now();
  }

  /** Ticks as often as the timeouts of this snapshot need. */
  change(snapshot: Snapshot): void {
    this.#idleTimeout = snapshot.idleTimeout;
    const interval = tickFor(snapshot, this.#timeouts);
    if (interval === this.#interval) return;
    this.#interval = interval;
    this.#ticking?.stop();
    this.#ticking = this.#engine.every(interval, () => this.#tick());
  }

  #tick(): void {
    const now = this.#engine.now();
    const { header } = this.#timeouts;
    this.tickTime = now;
    for (const policy of this.#policies.values()) {
      const silentAfter = (policy.snapshot.rule?.silentAfter ?? defaultSilentAfter) * 1000;
      policy.each((connection) => connection.expire(now, this.#idleTimeout, header, silentAfter));
    }
  }
}
