import { best, type Picker } from '../picker.ts';
import type { PoolMember } from '../pool-member.ts';

/** Each as often as its weight says, spread as evenly as that goes ("smooth", as nginx has it). */
export default class WeightedRoundRobin implements Picker {
  pick(candidates: readonly PoolMember[]): PoolMember {
    let total = 0;
    for (const candidate of candidates) {
      candidate.credit += candidate.snapshot.weight;
      total += candidate.snapshot.weight;
    }
    const found = best(candidates, (one, other) => one.credit > other.credit);
    found.credit -= total;
    return found;
  }
}
