import type { ChangeWatch } from '../../memory/change.ts';
import type { Gate } from '../../verdict/judge/gate.ts';
import { enforcesBlocks } from '../../verdict/judge/limit.ts';
import type { Engine } from '../engine/engine.ts';
import type { PolicyState } from './policy-state.ts';
import { Throttle } from './throttle.ts';

/** Milliseconds between two sweeps, at least. */
const interval = 100;

/** Resets the connections that blocked sources hold in this worker. */
export class BlockSweep {
  readonly #engine: Engine;
  readonly #gate: Gate;
  readonly #policies: ReadonlyMap<number, PolicyState>;
  readonly #sweeping: Throttle;
  /** Blocks of other workers are seen in the table: the main thread may be too busy to pass them on. */
  readonly #watch: ChangeWatch;
  /** Blocks that had started before the last sweep, of all workers. */
  #blocksSeen: number;

  constructor(engine: Engine, gate: Gate, policies: ReadonlyMap<number, PolicyState>) {
    this.#engine = engine;
    this.#gate = gate;
    this.#policies = policies;
    this.#blocksSeen = gate.blocksStarted();
    this.#sweeping = new Throttle(engine, interval, () => this.now());
    this.#watch = gate.watchBlocks(() => {
      if (gate.blocksStarted() === this.#blocksSeen) this.#watch.wait(this.#blocksSeen);
      else this.#sweeping.ask();
    });
    this.#watch.wait(this.#blocksSeen);
  }

  /** Sweeps soon: a block has started here. */
  ask(): void {
    this.#sweeping.ask();
  }

  now(): void {
    this.#blocksSeen = this.#gate.blocksStarted();
    this.#watch.wait(this.#blocksSeen);
    const now = this.#engine.now();
    for (const policy of this.#policies.values()) {
      const { limit } = policy;
      if (!enforcesBlocks(limit)) continue;
      policy.each((connection) => {
        const { facts, streams } = connection;
        const isCounted = streams.client !== null && facts.ledgerEntry >= 0;
        if (isCounted && this.#gate.blocked(facts.ledgerEntry, limit, now)) connection.reset();
      });
    }
  }
}
