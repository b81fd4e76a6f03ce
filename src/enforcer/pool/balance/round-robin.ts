import { best, type Picker } from '../picker.ts';
import type { PoolMember } from '../pool-member.ts';

/** Picks each member in turn. */
export default class RoundRobin implements Picker {
  #last = -1;

  pick(candidates: readonly PoolMember[]): PoolMember {
    const last = this.#last;
    const found = best(candidates, (one, other) => one.position > last && other.position <= last);
    this.#last = found.position;
    return found;
  }
}
