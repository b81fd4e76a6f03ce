import { enforcesBlocks, type Limit } from './limit.ts';

/** What a decision consists of, as bits. */
export const ADMITTED = 1;
/** Enforcement would have admitted it: it is part of the shadow count. */
export const SHADOW_ADMITTED = 2;
export const VIOLATION = 4;
/** Enforcement refuses it, or would have. */
export const WOULD_REFUSE = 8;
export const STARTS_BLOCK = 16;
/** Enforcement would have started a block, and closed what the source holds. */
export const STARTS_SHADOW_BLOCK = 32;
export const UNREPORTED = 64;

/**
 * Judges one more connection of a source: a set of the bits above.
 *
 * @param open connections that the source holds
 * @param shadow those of them that enforcement would have admitted, and not closed since
 * @param blocked a block of the source has not ended, whether or not it is enforced
 * @param shadowBlocked a block that enforcement would have made has not ended
 */
export const decide = (
  limit: Limit,
  open: number,
  shadow: number,
  blocked: boolean,
  shadowBlocked: boolean,
): number => {
  if (limit.threshold === 0) return ADMITTED | SHADOW_ADMITTED;
  const atThreshold = open >= limit.threshold;
  const blocks = limit.action === 'block-period';

  if (limit.monitor || limit.action === 'alert') {
    const violation = atThreshold ? VIOLATION : 0;
    if (blocks && (blocked || shadowBlocked)) return ADMITTED | violation | WOULD_REFUSE;
    if (shadow < limit.threshold) return ADMITTED | violation | SHADOW_ADMITTED;
    return ADMITTED | violation | WOULD_REFUSE | (blocks ? STARTS_SHADOW_BLOCK : 0);
  }

  if (blocked && enforcesBlocks(limit)) return VIOLATION | WOULD_REFUSE;
  if (!atThreshold) return ADMITTED | SHADOW_ADMITTED;
  const consequence = blocks ? STARTS_BLOCK : limit.action === 'deny_no_log' ? UNREPORTED : 0;
  return VIOLATION | WOULD_REFUSE | consequence;
};
