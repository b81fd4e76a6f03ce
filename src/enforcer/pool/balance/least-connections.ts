import { best, type Picker } from '../picker.ts';
import type { PoolMember } from '../pool-member.ts';

/** Picks the member with the fewest connections for its weight, over all workers; equal ones in turn. */
export default class LeastConnections implements Picker {
  #last = -1;

  pick(candidates: readonly PoolMember[]): PoolMember {
    const last = this.#last;
    for (const candidate of candidates) candidate.load = candidate.open / candidate.snapshot.weight;
    const found = best(candidates, (one, other) =>
      one.load === other.load ? one.position > last && other.position <= last : one.load < other.load,
    );
    this.#last = found.position;
    return found;
  }
}
