import type { Limits } from '../../../system/shares.ts';

/** Bytes of all texts of one batch. */
export const mostText = 32 * 1024 * 1024;

/** Entries that are not committed: each takes about a kilobyte. */
export const entryLimits: Limits = { each: 350_000, all: 600_000, free: 1000 };

/** What is being typed, in UTF-16 code units. Of more no session says how it could go on. */
export const mostTyped = 64 * 1024;

/** What an error says of too many entries. */
export function entriesBeyond(whose: 'each' | 'all', { each, all }: Limits): string {
  return whose === 'each'
    ? `at most ${each} entries that are not committed`
    : `at most ${all} entries that are not committed, in all sessions together: try again later`;
}

/** Sessions that are open, of each administrator and of all. */
export const sessionLimits = { each: 64, all: 256 };
