import type { Budget } from '../../lua/host/state.ts';

export type ScriptLimits = {
  /** Of one block in one event, or one callback of a timer. */
  readonly event: Budget;
  /** Of what stands outside of blocks, and of each RULE_INIT and RULE_EXIT. */
  readonly start: Budget;
  /** Bytes of the state that the scripts of a policy share in one worker. */
  readonly memory: number;
  /** A script is switched off when one of its blocks, or its timers, fail so many times in a row, */
  readonly failuresInARow: number;
  /** or when so many budgets are overrun within a minute: a client may have found how to make it slow. */
  readonly overrunsInAMinute: number;
  /** Lines in the log within a second, of all scripts of the policy; the rest is counted. */
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
 * States of a worker: one for each policy that has scripts, and for each older version of them that a connection still
 * has. V8's limit of a worker's heap does not count their memory: it is this many times `memory` at most, 1 GiB. The
 * memory that the scripts of a policy share over all workers is as much again, once (shared/layout.ts).
 */
export const mostStates = 128;
