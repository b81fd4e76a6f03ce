import type { Engine, Timer } from '../../enforcer/engine/engine.ts';

/** The timers of the engine, in milliseconds. */
export type TimerSource = Pick<Engine, 'after' | 'every'>;

export type ArmedTimer = { readonly milliseconds: number; readonly periodic: boolean; readonly timer: Timer };

const mostTimers = 16;

/** The timers of one connection, each known by the name of the function that it calls. */
export class ConnectionTimers {
  readonly #source: TimerSource;
  readonly #armed = new Map<string, ArmedTimer>();

  constructor(source: TimerSource) {
    this.#source = source;
  }

  /** Arms a timer, in place of one of that name. False: there are too many. */
  arm(name: string, milliseconds: number, periodic: boolean, callback: () => void): boolean {
    if (!this.#armed.has(name) && this.#armed.size >= mostTimers) return false;
    this.cancel(name);
    const timer = periodic
      ? this.#source.every(milliseconds, callback)
      : this.#source.after(milliseconds, () => {
          this.#armed.delete(name);
          callback();
        });
    this.#armed.set(name, { milliseconds, periodic, timer });
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
