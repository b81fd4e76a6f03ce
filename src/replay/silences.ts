import { doubledTimes } from './doubled.ts';
import { Links, NONE } from './links.ts';

/** Connections of one policy that would fall silent, the next one first. */
export type SilenceQueue = { first: number; last: number };

export const emptyQueue = (): SilenceQueue => ({ first: NONE, last: NONE });

/** When connections fall silent. In each queue the time until then is the same, so who comes last is due last. */
export class Silences {
  readonly #links = new Links();
  #due = new Float64Array(256);

  add(queue: SilenceQueue, connection: number, due: number): void {
    while (connection >= this.#due.length) this.#due = doubledTimes(this.#due);
    this.#due[connection] = due;
    this.#links.join(queue.last, connection);
    this.#links.join(connection, NONE);
    if (queue.first === NONE) queue.first = connection;
    queue.last = connection;
  }

  /** Does nothing where it is in no queue. */
  remove(queue: SilenceQueue, connection: number): void {
    if ((this.#due[connection] ?? 0) === 0) return;
    this.#due[connection] = 0;
    const [before, after] = [this.#links.before(connection), this.#links.after(connection)];
    this.#links.join(before, after);
    if (before === NONE) queue.first = after;
    if (after === NONE) queue.last = before;
  }

  /** Takes out the next that is due; NONE: there is none. */
  takeDue(queue: SilenceQueue, now: number): number {
    const { first } = queue;
    if (first === NONE || (this.#due[first] ?? 0) > now) return NONE;
    this.remove(queue, first);
    return first;
  }
}
