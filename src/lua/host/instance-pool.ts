import { LuaInstance } from './instance.ts';

/** The instance that the states of a worker live in: another one when it is broken. */
export class LuaInstancePool {
  #instance: LuaInstance | null = null;
  readonly #mostStates: number;

  constructor(mostStates: number) {
    this.#mostStates = mostStates;
  }

  /** For one more state. Throws Error when there are as many as there may be. */
  current(): LuaInstance {
    if (this.#instance === null || this.#instance.broken) this.#instance = new LuaInstance();
    if (this.#instance.size >= this.#mostStates)
      throw new Error(
        `a worker runs the scripts of ${this.#mostStates} policies at most, old versions included`,
      );
    return this.#instance;
  }
}
