/** How often one source may begin to speak: so many times a second, and some more at once. */
export type PaceLimits = { readonly perSecond: number; readonly atOnce: number };

/** Sources that are kept in mind. What is forgotten begins anew. */
const most = 4096;

/**
 * The exchange of keys costs milliseconds of this thread, and costs a client that goes on with something else nothing: so a
 * source begins one after the other, where it begins many.
 */
export class Pace {
  readonly #interval: number;
  readonly #atOnce: number;
  readonly #longest: number;
  readonly #now: () => number;
  /** When each could begin next, had it nothing saved up; the one who came last is the last. */
  readonly #next = new Map<string, number>();

  /**
   * @param waiting how many of one source wait at most: nobody waits for those who have gone
   * @param now milliseconds
   */
  constructor({ perSecond, atOnce }: PaceLimits, waiting: number, now: () => number) {
    this.#interval = 1000 / perSecond;
    this.#atOnce = atOnce;
    this.#longest = waiting * this.#interval;
    this.#now = now;
  }

  /** Milliseconds that one more of a source has to wait. */
  wait(source: string): number {
    const now = this.#now();
    const saved = this.#atOnce * this.#interval;
    const next = Math.max(this.#next.get(source) ?? 0, now) + this.#interval;
    this.#next.delete(source);
    this.#next.set(source, Math.min(next, now + saved + this.#longest));
    for (const [other, theirs] of this.#next) {
      if (theirs > now && this.#next.size <= most) break;
      this.#next.delete(other);
    }
    return Math.max(0, Math.min(next - saved - now, this.#longest));
  }
}
