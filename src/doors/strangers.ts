/** Somebody who has not logged in. */
export type Stranger = {
  /** Where from, as precisely as it counts. */
  readonly source: string;
  /** There is no room for them. */
  drop(): void;
};

/**
 * Those who have not logged in, in the order in which they came. Where there are too many, the oldest of the source that
 * has most of them has to go: whoever comes from another finds room throughout.
 */
export class Strangers {
  readonly #limits: { readonly each: number; readonly all: number };
  readonly #present = new Set<Stranger>();

  constructor(limits: { readonly each: number; readonly all: number }) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#present.size;
  }

  add(stranger: Stranger): void {
    this.#present.add(stranger);
    const { each, all } = this.#limits;
    const own = [...this.#present].filter(({ source }) => source === stranger.source);
    if (own.length > each) this.#drop(own[0]);
    if (this.#present.size > all) this.#drop(this.#crowd()[0]);
  }

  /** They have logged in, or gone. */
  remove(stranger: Stranger): void {
    this.#present.delete(stranger);
  }

  dropAll(): void {
    for (const stranger of this.#present) this.#drop(stranger);
  }

  #drop(stranger: Stranger | undefined): void {
    if (stranger === undefined) return;
    this.#present.delete(stranger);
    stranger.drop();
  }

  #crowd(): readonly Stranger[] {
    const sources = Map.groupBy(this.#present, ({ source }) => source);
    return [...sources.values()].reduce((crowd, other) => (other.length > crowd.length ? other : crowd), []);
  }
}
