import { Pulse } from '../../time/pulse.ts';

const interval = 500;

/** Whether the event loop of the main thread turns: what has kept it from that is seen right after. */
export class Heartbeat {
  #last = performance.now();
  readonly #pulse = new Pulse(interval, () => {
    this.#last = performance.now();
  });

  /** Milliseconds since it was last seen to turn. */
  get age(): number {
    return performance.now() - this.#last;
  }

  stop(): void {
    this.#pulse.stop();
  }
}
