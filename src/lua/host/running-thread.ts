import { COUNT_HOOK, REGISTRY } from './api.ts';
import type { LuaInstance } from './instance.ts';

/** Instructions between two calls of the count hook. With much memory in use a single instruction may take long. */
export const hookInterval = 100;
export const closeHookInterval = 20;

/** The Lua thread that a state runs code on. Only this knows which one that is, and when its count hook fires. */
export class RunningThread {
  /** The lua_State of the thread. */
  pointer = 0;
  readonly #instance: LuaInstance;
  readonly #main: number;
  /** Keeps the thread from the collector. */
  #reference = 0;
  #interval = 0;

  /** @param main the main thread of the state, which never runs code. */
  constructor(instance: LuaInstance, main: number) {
    this.#instance = instance;
    this.#main = main;
    this.#begin();
  }

  /** Instructions between two calls of the count hook. */
  get interval(): number {
    return this.#interval;
  }

  setInterval(instructions: number): void {
    if (this.#interval === instructions) return;
    this.#interval = instructions;
    this.#instance.lua.lua_sethook(this.pointer, this.#instance.hook, COUNT_HOOK, instructions);
  }

  /** Leaves the thread to the collector and goes on with another. Resetting it would call its __close metamethods. */
  replace(): void {
    this.#instance.lua.luaL_unref(this.#main, REGISTRY, this.#reference);
    this.#begin();
  }

  #begin(): void {
    const { lua } = this.#instance;
    this.pointer = lua.lua_newthread(this.#main);
    this.#reference = lua.luaL_ref(this.#main, REGISTRY);
    this.#interval = 0;
    this.setInterval(hookInterval);
  }
}
