import { doubledTimes } from '../doubled.ts';
import { Links, type List, NONE } from '../links.ts';

/**
 * When connections fall silent, in a queue for each policy, the next one first. In each the time until then is the
 * same, so who comes last is due last.
 */
export class Silences {
  readonly #links = new Links();
  #due = new Float64Array(256);

  add(queue: List, connection: number, due: number): void {
    while (connection >= this.#due.length) this.#due = doubledTimes(this.#due);
    this.#due[connection] = due;
    this.#links.append(queue, connection);
  }

  /** Does nothing where it is in no queue. */
  remove(queue: List, connection: number): void {
    if ((this.#due[connection] ?? 0) === 0) return;
    this.#due[connection] = 0;
    this.#links.remove(queue, connection);
  }

  /** Takes out the next that is due; NONE: there is none. */
  takeDue(queue: List, now: number): number {
    const { first } = queue;
    if (first === NONE || (this.#due[first] ?? 0) > now) return NONE;
    this.remove(queue, first);
    return first;
  }
}
