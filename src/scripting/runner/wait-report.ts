import type { Engine } from '../../enforcer/engine/engine.ts';
import { Throttle } from '../../enforcer/worker/throttle.ts';

/** Milliseconds between two reports. */
const interval = 60_000;
/** Milliseconds of waiting within that time that are worth telling: a first call, which compiles, makes for some. */
const least = 100;

/** Tells that the scripts of a policy had to wait: as soon as that was long enough to matter, then now and then. */
export class WaitReport {
  readonly #engine: Pick<Engine, 'now' | 'after'>;
  readonly #reporting: Throttle;
  #began = Number.NEGATIVE_INFINITY;
  #rests = 0;
  #waited = 0;

  /** `report` hears how often they had to wait. */
  constructor(engine: Pick<Engine, 'now' | 'after'>, report: (rests: number) => void) {
    this.#engine = engine;
    this.#reporting = new Throttle(engine, interval, () => {
      report(this.#rests);
      this.#begin();
    });
  }

  /** They have to wait, so many milliseconds. */
  add(milliseconds: number): void {
    if (this.#waited < least && this.#engine.now() - this.#began > interval) this.#begin();
    this.#rests += 1;
    this.#waited += milliseconds;
    if (this.#waited >= least) this.#reporting.ask();
  }

  #begin(): void {
    this.#began = this.#engine.now();
    this.#rests = 0;
    this.#waited = 0;
  }
}
