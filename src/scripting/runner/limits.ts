import type { Budget } from '../../lua/host/budget.ts';

export type ScriptLimits = {
  /** For one block in one event, or one callback of a timer. */
  readonly event: Budget;
  /** For what stands outside of blocks, and for each RULE_INIT and RULE_EXIT. */
  readonly start: Budget;
  /** Bytes of the state that the scripts of a policy share in one worker. */
  readonly memory: number;
  /** A script is switched off when one of its blocks, or its timers, fail this many times in a row. */
  readonly failuresInARow: number;
  /** It is also switched off after this many overrun budgets in a minute: a client may know how to make it slow. */
  readonly overrunsInAMinute: number;
  /** Most lines in the log within a second, from all scripts of the policy together; the rest is counted. */
  readonly linesInASecond: number;
};

/** An instruction takes some 15 ns: 1.5 ms for an event, 30 ms for a start. */
export const defaultLimits: ScriptLimits = {
  event: { instructions: 100_000, milliseconds: 10 },
  start: { instructions: 2_000_000, milliseconds: 200 },
  memory: 8 * 1024 * 1024,
  failuresInARow: 100,
  overrunsInAMinute: 10,
  linesInASecond: 100,
};

/**
 * Most Lua states in a worker: one for each policy that has scripts, and one for each older version that a connection
 * still runs. V8's limit of a worker's heap does not count their memory, which is at most 1 GiB: this many times
 * `memory`. What the scripts of a policy share over all workers comes on top, once (shared/layout.ts).
 */
export const mostStates = 128;
