import type { PoolMember } from './pool-member.ts';

/** A balance method. It is a file in balance/, named by the word of `lb-algo`, that exports its class. */
export interface Picker {
  /**
   * Picks one of `candidates`: at least one member, all ready to take a connection, in the order of the pool.
   *
   * @param source the client's 128 bits, most significant word first
   */
  pick(candidates: readonly PoolMember[], source: Uint32Array): PoolMember;
}

/** The first candidate that no other is better than. Throws RangeError when there are none. */
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
