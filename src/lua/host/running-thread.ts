import { COUNT_HOOK, REGISTRY } from './api.ts';
import type { LuaInstance } from './instance.ts';

/** Instructions between two calls of the count hook. With much memory in use a single instruction may take long. */
export const hookInterval = 100;
export const closeHookInterval = 20;

/** How deep coroutines may run within each other. */
const deepest = 190;

/**
 * The Lua thread that a state runs code on: its own, or one of the coroutines that were resumed from there. Only this
 * knows which one that is, and when its count hook fires.
 */
export class RunningThread {
  /** The lua_State of the thread that runs now. */
  pointer = 0;
  readonly #instance: LuaInstance;
  readonly #main: number;
  /** The state's own thread. */
  #own = 0;
  /** Keeps the thread from the collector. */
  #reference = 0;
  #interval = 0;
  #depth = 0;
  #isClosing = false;

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

  /** Whether a coroutine runs. */
  get isCoroutine(): boolean {
    return this.pointer !== this.#own;
  }

  /** Whether one more coroutine may run within those that do. */
  get hasRoom(): boolean {
    return this.#depth < deepest;
  }

  /**
   * Whether one may be closed: not within the closing of another. Lua bounds how deep calls of C nest, but each closing
   * counts them anew, and the stack of the machine has no room for many times that.
   */
  get mayClose(): boolean {
    return this.hasRoom && !this.#isClosing;
  }

  /** Lets `run` close a coroutine, which runs its `__close` metamethods. */
  close<T>(coroutine: number, run: () => T): T {
    this.#isClosing = true;
    try {
      return this.switchTo(coroutine, run);
    } finally {
      this.#isClosing = false;
    }
  }

  /** Lets `run` run code on a coroutine, with the hook of the thread that it comes back to. */
  switchTo<T>(coroutine: number, run: () => T): T {
    const before = this.pointer;
    const interval = this.#interval;
    this.pointer = coroutine;
    this.#interval = 0;
    this.setInterval(interval);
    this.#depth++;
    try {
      return run();
    } finally {
      this.#depth--;
      this.pointer = before;
      this.#interval = interval;
    }
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
    this.#own = lua.lua_newthread(this.#main);
    this.pointer = this.#own;
    this.#reference = lua.luaL_ref(this.#main, REGISTRY);
    this.#interval = 0;
    this.setInterval(hookInterval);
  }
}
