import { listenersOf } from '../../policy/difference.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import type { Engine } from '../engine/engine.ts';
import { NOBODY } from '../engine/own-connections.ts';

/** Milliseconds after a connection from this machine in which all connections to members are known by their ends. */
const watchful = 60_000;

/**
 * Which connections to members are made known by their ends, so that they are recognised where they come back. To know all
 * of them would cost each some microseconds: these are those to a port where Levee listens itself, and all for a while
 * after a connection has come from an address of this machine, as one that the system has sent round does.
 */
export class LoopWatch {
  readonly #engine: Pick<Engine, 'isLocal'>;
  /** Where Levee listens, on whichever address. */
  #ports: ReadonlySet<number> = new Set();
  #until = Number.NEGATIVE_INFINITY;

  constructor(engine: Pick<Engine, 'isLocal'>) {
    this.#engine = engine;
  }

  change(snapshot: Snapshot): void {
    this.#ports = new Set([...listenersOf(snapshot).values()].map(({ port }) => port));
  }

  /** A connection has come in, from none of ours as far as is known. `now`: about, on the engine's clock. */
  cameFrom(address: Uint32Array, now: number): void {
    if (this.#engine.isLocal(address)) this.#until = now + watchful;
  }

  /** The label of a connection to a member at a port: that of its policy, or NOBODY. `now`: as above. */
  labelOf(policy: number, port: number, now: number): number {
    return this.#ports.has(port) || now < this.#until ? policy : NOBODY;
  }
}
