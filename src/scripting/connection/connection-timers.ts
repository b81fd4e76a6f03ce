import type { Engine, Timer } from '../../enforcer/engine/engine.ts';
import type { TimeShare } from '../runner/time-share.ts';

/** The timers of the engine, in milliseconds. */
export type TimerSource = Pick<Engine, 'after'>;

export type ArmedTimer = { readonly milliseconds: number; readonly periodic: boolean };

/** What a timer of a connection needs: the clock, and its turn among all that scripts do. */
export type TimerHost = {
  readonly timers: TimerSource;
  readonly share: Pick<TimeShare, 'take'>;
};

const mostTimers = 16;

/**
 * The timers of one connection, each known by the name of the function that it calls. A period ends when the function
 * begins: however late that is, it is called once.
 */
export class ConnectionTimers {
  readonly #host: TimerHost;
  readonly #armed = new Map<string, ArmedTimer & { timer: Timer }>();

  constructor(host: TimerHost) {
    this.#host = host;
  }

  /** Arms a timer, in place of one of that name. False: there are too many. */
  arm(name: string, milliseconds: number, periodic: boolean, callback: () => void): boolean {
    if (!this.#armed.has(name) && this.#armed.size >= mostTimers) return false;
    this.cancel(name);
    const { share, timers } = this.#host;
    const wait = (): Timer => timers.after(milliseconds, () => share.take(call));
    const call = (): void => {
      // While it waited for its turn it may have been cancelled, or set anew.
      if (this.#armed.get(name) !== armed) return;
      if (periodic) armed.timer = wait();
      else this.#armed.delete(name);
      callback();
    };
    const armed = { milliseconds, periodic, timer: wait() };
    this.#armed.set(name, armed);
    return true;
  }

  /** False: there is none of that name. */
  cancel(name: string): boolean {
    this.#armed.get(name)?.timer.stop();
    return this.#armed.delete(name);
  }

  cancelAll(): void {
    for (const { timer } of this.#armed.values()) timer.stop();
    this.#armed.clear();
  }

  get(name: string): ArmedTimer | undefined {
    return this.#armed.get(name);
  }

  names(): readonly string[] {
    return [...this.#armed.keys()];
  }
}
