import { best, type Picker } from '../picker.ts';
import type { PoolMember } from '../pool-member.ts';

/** Picks each member as often as its weight says, spread as evenly as possible (nginx's "smooth" method). */
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
