import type { Limit } from '../../src/verdict/judge/limit.ts';

/** How a test worker comes to its end. */
export type Ending = 'run' | 'throw' | 'exhaust-heap';

export type WorkerOrder = {
  readonly table: SharedArrayBuffer;
  readonly ledgers: readonly SharedArrayBuffer[];
  readonly owner: number;
  /** The scopes of the later ones take turns with that of the first, at each change of keys. */
  readonly limits: readonly [Limit, ...Limit[]];
  readonly addresses: readonly string[];
  /** Connections that it holds at most. */
  readonly holds: number;
  readonly ending: Ending;
  /**
   * Words: 0 = everyone stops at the next step; 1 = connections that all workers hold by their own account; behind
   * them for each worker the epoch of keys from which it knows what comes next.
   */
  readonly shared: SharedArrayBuffer;
  readonly seed: number;
  /** It ends by itself after so many steps; 0 = when told. */
  readonly steps: number;
  /** It also holds, identifies and marks connections; what it reports then says nothing. */
  readonly proxies: boolean;
  /** It opens a connection only where by their own account the workers together hold less than the threshold. */
  readonly isSequential: boolean;
  /** It stands still for two milliseconds after so many steps, so that episodes end; 0 = never. */
  readonly pauseEvery: number;
};

/** What the worker found out about its own doing. */
export type WorkerReport = {
  readonly admitted: number;
  readonly refused: number;
  /** The most that all workers held at once, by their own account. */
  readonly mostHeld: number;
  readonly starts: number;
  readonly violations: number;
  readonly wouldRefuses: number;
  readonly startsThatWouldRefuse: number;
};
