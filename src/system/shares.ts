/** How much of something scarce each of those may hold who work with one Levee, and all of them together. */
export type Limits = {
  readonly each: number;
  readonly all: number;
  /** So much anyone may hold, whatever the others do: who works as people do notices nothing of them. */
  readonly free: number;
};

/** Something scarce that is shared. */
export class Shares {
  readonly limits: Limits;
  #held = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** What all hold together. */
  get held(): number {
    return this.#held;
  }

  open(): Share {
    return new Share(this, (change) => {
      this.#held += change;
    });
  }
}

/** What one of them holds. */
export class Share {
  readonly #shares: Shares;
  readonly #changed: (change: number) => void;
  #held = 0;

  constructor(shares: Shares, changed: (change: number) => void) {
    this.#shares = shares;
    this.#changed = changed;
  }

  get held(): number {
    return this.#held;
  }

  /** Says how much is held now. Gives whose limit that is beyond; it is held all the same. */
  hold(amount: number): 'each' | 'all' | undefined {
    const { limits } = this.#shares;
    this.#changed(amount - this.#held);
    this.#held = amount;
    if (amount > limits.each) return 'each';
    return amount > limits.free && this.#shares.held > limits.all ? 'all' : undefined;
  }
}
