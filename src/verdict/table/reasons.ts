import type { Reason } from '../judge/records.ts';

/** Reasons as three bits of shared memory: an index into this. */
const REASONS: readonly Reason[] = ['connections', 'silent', 'black-ip', 'allow-only', 'script'];
export const CONNECTIONS = 0;
export const SILENT_ONES = 1;
export const BLACK_IP = 2;
export const ALLOW_ONLY = 3;
export const BY_SCRIPT = 4;
export const NO_REASON = -1;

export const reasonAt = (index: number): Reason => REASONS[index] ?? 'connections';

export const indexOfReason = (reason: Reason): number => REASONS.indexOf(reason);
