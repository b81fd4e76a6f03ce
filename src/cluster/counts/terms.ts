import type { SharedCounts } from './shared-counts.ts';

/** What a node does that nobody hears: as if it were alone, with its part of the limit, or nothing. */
export type OnPartition = 'local' | 'share' | 'closed';

/**
 * What a source may hold for one connection more: here less than `own`, here and elsewhere less than `total`, and here
 * less than `ahead` more than what others know of it.
 */
export type Terms = { readonly own: number; readonly total: number; readonly ahead: number };

const unlimited = Number.POSITIVE_INFINITY;

/** Connections of a source that a node may admit before others know of them, where nobody has said how many. */
export function defaultAllowance(limit: number): number {
  return Math.min(limit, Math.max(8, Math.ceil(limit / 4)));
}

/** Under which terms the verdict admits: the limit is that of a rule, for all nodes together. */
export function termsOf(
  { standing, nodes }: Pick<SharedCounts, 'standing' | 'nodes'>,
  limit: number,
  allowance: number,
  onPartition: OnPartition,
): Terms {
  switch (standing) {
    case 'sharing':
      return { own: limit, total: limit, ahead: nodes === 1 ? unlimited : allowance };
    case 'joining':
      // Nobody minds yet what it holds: as if others knew of nothing.
      return { own: allowance, total: limit, ahead: unlimited };
    case 'cut-off':
      return { own: ownShare(nodes, limit, onPartition), total: unlimited, ahead: unlimited };
  }
}

function ownShare(nodes: number, limit: number, onPartition: OnPartition): number {
  if (onPartition === 'local') return limit;
  return onPartition === 'closed' ? 0 : Math.max(1, Math.floor(limit / nodes));
}
