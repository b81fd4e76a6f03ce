import type { RowId } from '../store/view.ts';

/** What became of the connections that a flood test opened. */
export type FloodTest = {
  readonly target: string;
  /** Connections that the policy relayed. */
  readonly admitted: number;
  /** Connections that were reset. */
  readonly reset: number;
  /** Connections that ended otherwise: refused because nobody listened, timed out. */
  readonly failed: number;
  /** Attack log lines that the test caused. */
  readonly log: readonly string[];
};

/** The running system, as operations reach it; the daemon implements it. */
export interface System {
  /** Opens connections to an address of one of our own policies and holds them until all are judged. Rejects with a reason. */
  floodTest(policy: RowId, connections: number, signal: AbortSignal): Promise<FloodTest>;
}
