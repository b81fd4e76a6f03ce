import { LuaInstance } from '../../lua/host/instance.ts';

/** Provides the instance for the states of a worker, and a new one once that is broken. */
export class LuaInstancePool {
  #instance: LuaInstance | null = null;
  readonly #mostStates: number;

  constructor(mostStates: number) {
    this.#mostStates = mostStates;
  }

  /** The instance for one more state. @throws Error when there are as many states as there may be */
  current(): LuaInstance {
    if (this.#instance === null || this.#instance.broken) this.#instance = new LuaInstance();
    if (this.#instance.size >= this.#mostStates)
      throw new Error(
        `a worker runs the scripts of ${this.#mostStates} policies at most, old versions included`,
      );
    return this.#instance;
  }
}
