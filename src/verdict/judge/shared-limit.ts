import { CLOSED, CUT_OFF, JOINING, LOCAL } from '../table/sharing.ts';

/** More than anybody holds. */
export const unlimited = 2 ** 31 - 1;

/** Connections of a source that a node may admit before others know of them. `setting` 0: nobody has said how many. */
export function allowanceOf(limit: number, setting: number): number {
  return Math.min(limit, setting === 0 ? Math.max(8, Math.ceil(limit / 4)) : setting);
}

/** Fewer connections than these are not told to others, who can't make up the limit of them: less than the allowance. */
export function worthTelling(limit: number, allowance: number): number {
  return Math.min(allowance, Math.max(2, Math.ceil(limit / 16)));
}

/**
 * How many connections a source may hold at this node for one more, where the limit is for all nodes together; what it
 * holds at others is another condition, except for whoever is cut off and knows nothing of them.
 *
 * @param standing, partition as in sharing.ts
 * @param nodes that share, with this one; 0: it has never known
 * @param base the least that another node may take for what the source holds here
 */
export function mostHere(
  standing: number,
  partition: number,
  nodes: number,
  limit: number,
  allowance: number,
  base: number,
): number {
  // Nobody minds yet what it holds: as if others knew of nothing.
  if (standing === JOINING) return allowance;
  if (standing !== CUT_OFF) return nodes === 1 ? unlimited : base + allowance;
  if (partition === LOCAL) return unlimited;
  if (partition === CLOSED) return 0;
  return nodes === 0 ? allowance : Math.max(1, Math.floor(limit / nodes));
}
