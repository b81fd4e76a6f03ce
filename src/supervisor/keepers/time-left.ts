import type { KeptBlock } from '../../system/kept-blocks.ts';

/**
 * Milliseconds that a block lasts from `now` of the wall clock on. That may have been set back since the block was stored:
 * none lasts longer than it did then.
 */
export function timeLeft({ since, until }: KeptBlock, now: number): number {
  const left = until - now;
  return since === 0 ? left : Math.min(left, until - since);
}
