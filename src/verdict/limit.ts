import type { Action } from '../policy/snapshot.ts';

/** What one policy asks of its sources: its row id, its rule and its mode. */
export type Limit = {
  /** Row id of the policy. */
  readonly policy: number;
  /** Connections that one source may hold; 0 = no limit. */
  readonly threshold: number;
  readonly action: Action;
  /** Seconds, 1 to 3600. */
  readonly blockPeriod: number;
  /** `monitor-mode enable`: nothing is refused, whatever the action. */
  readonly monitor: boolean;
  readonly prefixV4: number;
  readonly prefixV6: number;
};

/**
 * Whether a block of this policy's sources has an effect now. A block that has none still runs to its end.
 */
export const enforcesBlocks = (limit: Limit): boolean =>
  limit.action === 'block-period' && !limit.monitor && limit.threshold > 0;
