import type { Limit } from '../../src/verdict/judge/limit.ts';

export type GateOrder = {
  readonly table: SharedArrayBuffer;
  readonly ledgers: readonly SharedArrayBuffer[];
  readonly owner: number;
  /** How many sources there are; each thread begins at its own. */
  readonly sources: number;
  readonly rounds: number;
  /** Word 0: threads that are ready. Word 1: 1 = go. */
  readonly signal: SharedArrayBuffer;
};

export const limit: Limit = {
  policy: 1,
  threshold: 10,
  silentThreshold: 0,
  action: 'alert_deny',
  blockPeriod: 600,
  ipList: null,
  scripted: false,
  monitor: false,
  prefixV4: 32,
  prefixV6: 64,
  former: null,
};
