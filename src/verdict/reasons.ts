import type { Reason } from './records.ts';

/** Reasons as they stand in shared memory: an index into this. */
export const REASONS: readonly Reason[] = ['connections', 'silent', 'black-ip', 'allow-only'];
export const CONNECTIONS = 0;
export const SILENT_ONES = 1;
export const BLACK_IP = 2;
export const ALLOW_ONLY = 3;

export const reasonAt = (index: number): Reason => REASONS[index] ?? 'connections';
