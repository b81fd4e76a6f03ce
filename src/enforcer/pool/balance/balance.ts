import type { PoolMember } from '../pool-member.ts';

/** A rule by which a member is picked. */
export interface Picker {
  /**
   * One of `candidates`, which all can take a connection, are in the order of the pool and not none.
   *
   * @param source the client's 128 bits, most significant word first
   */
  pick(candidates: readonly PoolMember[], source: Uint32Array): PoolMember;
}

/** The first that `compare` finds better than all before it. Throws RangeError when there is none at all. */
export function best(
  candidates: readonly PoolMember[],
  isBetter: (one: PoolMember, other: PoolMember) => boolean,
): PoolMember {
  let found: PoolMember | undefined;
  for (const candidate of candidates)
    if (found === undefined || isBetter(candidate, found)) found = candidate;
  if (found === undefined) throw new RangeError('there is no candidate');
  return found;
}
