import type { Engine, Timer } from '../../enforcer/engine/engine.ts';
import { processorTime } from '../../time/processor-time.ts';

/** Of the time of a worker. */
const share = 1 / 2;
/** Milliseconds: within a window the share may be taken in one piece. */
const window = 4;

export type TimeShareHost = {
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  readonly timers: Pick<Engine, 'after'>;
  /** Milliseconds that this thread has run on a processor. */
  readonly processorTime?: () => number;
  /** Whoever comes has to wait from now on, so many milliseconds at least. */
  readonly rests: (milliseconds: number) => void;
};

/**
 * What the scripts of a policy may take of the time of their worker, so that the policies next door have theirs. Each
 * call has a budget of its own; this bounds how many there are. Who comes when the share is used up waits, in order.
 */
export class TimeShare {
  readonly #host: TimeShareHost;
  readonly #processorTime: () => number;
  /** When the window began, by the clock and in time on a processor; and the last look at that. */
  #began = Number.NEGATIVE_INFINITY;
  #ownBegan = 0;
  #own: number;
  /** Milliseconds that scripts have taken in the window. */
  #spent = 0;
  #resting: Timer | null = null;
  #waiting: (() => void)[] = [];
  /** Those of `#waiting` that have had their turn. */
  #served = 0;
  /** It calls back at this moment. */
  #isTaking = false;

  constructor(host: TimeShareHost) {
    this.#host = host;
    this.#processorTime = host.processorTime ?? processorTime;
    this.#own = this.#processorTime();
  }

  /** Whoever comes now has to wait, unless it is just their turn. */
  get isOver(): boolean {
    return !this.#isTaking && (this.#resting !== null || this.#waiting.length > this.#served);
  }

  /** Calls back at once, or when it is its turn. All that this takes counts. */
  take(callback: () => void): void {
    if (this.isOver) this.#waiting.push(callback);
    else if (this.#isTaking) callback();
    else this.#call(callback, this.#host.now());
  }

  /** Scripts have run from one moment to another. */
  spend(from: number, to: number): void {
    if (!this.#isTaking) this.#count(from, to);
  }

  /** Returns when it was over. */
  #call(callback: () => void, from: number): number {
    this.#isTaking = true;
    callback();
    this.#isTaking = false;
    const to = this.#host.now();
    this.#count(from, to);
    return to;
  }

  #count(from: number, to: number): void {
    if (this.#resting === null && to - this.#began > window) {
      this.#began = from;
      this.#ownBegan = Math.max(this.#own, this.#lookAtOwn() - (to - from));
      this.#spent = 0;
    }
    this.#spent += to - from;
    if (this.#spent < window * share || this.#resting !== null) return;
    const own = this.#forgiveWaits();
    if (this.#spent < window * share) return;
    const milliseconds = this.#spent / share - own;
    this.#host.rests(milliseconds);
    this.#rest(milliseconds);
  }

  /** What the thread has waited for a processor is nobody's fault. Returns what it had of one in the window. */
  #forgiveWaits(): number {
    const own = this.#lookAtOwn() - this.#ownBegan;
    this.#spent = Math.min(this.#spent, own);
    return own;
  }

  #lookAtOwn(): number {
    this.#own = this.#processorTime();
    return this.#own;
  }

  /** Leaves so many milliseconds to the others. */
  #rest(milliseconds: number): void {
    this.#ownBegan = this.#own;
    this.#spent = 0;
    this.#resting = this.#host.timers.after(Math.max(1, milliseconds), () => this.#resume());
  }

  #resume(): void {
    this.#forgiveWaits();
    // Ends of connections, which wait for no turn, may have taken more meanwhile.
    const owed = this.#spent / share - this.#spent;
    if (owed >= 1) {
      this.#rest(owed);
      return;
    }
    this.#resting = null;
    this.#began = Number.NEGATIVE_INFINITY;
    this.#serve(this.#host.now());
  }

  #serve(from: number): void {
    let now = from;
    while (this.#resting === null) {
      const callback = this.#waiting[this.#served];
      if (callback === undefined) break;
      this.#served += 1;
      now = this.#call(callback, now);
    }
    // Not at each turn: there may be many.
    if (this.#served * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#served);
    this.#served = 0;
  }
}
