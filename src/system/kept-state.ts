import type { RowId } from '../../schemas/content.ts';
import type { LogRecords } from './log-access.ts';

/** Seconds for which an administrator may block a source. */
export const longestBlock = 86_400;

export type BlockedReport = {
  readonly source: string;
  /** Seconds. */
  readonly remaining: number;
};

export type BlockReport = BlockedReport & {
  readonly policy: string;
  /** Connections of the source that Levee has refused since it knows it. */
  readonly refused: number;
  /** Packets by which it tried to connect and which the kernel has refused: not among `refused`. */
  readonly kernelRefused: number;
  /** The wall-clock end, ISO 8601. */
  readonly until: string;
  /** The node of the cluster that has blocked it; '': this one. */
  readonly node: string;
  /** False under monitor-mode: the source is let in. */
  readonly enforced: boolean;
};

/** What outlives the process that runs Levee: it can be asked for where none does. */
export interface KeptState {
  readonly records: LogRecords;
  /** The longest first. `policy` null: those of all. */
  blocks(policy: RowId | null): Promise<readonly BlockReport[]>;
}
