import { type Command, LuaStack } from '../values/stack.ts';
import { COMMAND_UPVALUE, COUNT_HOOK, REGISTRY, statusCode } from './api.ts';
import { BareCommandError, CommandError, type Failure, Overrun, type Resource } from './errors.ts';
import type { HostCalls, LuaInstance } from './instance.ts';
import { TimeBudget } from './time-budget.ts';
import { withholdMetamethods } from './withheld-metamethods.ts';

/** What one call into Lua may take. */
export type Budget = {
  /** Virtual machine instructions; library functions take as many as they loop. */
  readonly instructions: number;
  /** The bound when single instructions are dear: see TimeBudget. */
  readonly milliseconds: number;
};

/** Instructions between two looks at the budget; with much memory in use a single one may take long. */
const hookInterval = 100;
const closeHookInterval = 20;
const muchMemory = 1024 * 1024;
/** The clock is looked at once in so many instructions that commands take. */
const clockInstructions = 1000;
/** Allocations cost instructions too: so many each, and one for so many bytes; and a collection for so many in use. */
const allocationInstructions = 4;
const allocatedBytes = 64;
const collectedBytes = 16;
/** What it takes to throw and catch an error of Lua, and one that a command makes. */
const errorInstructions = 60;
const commandErrorInstructions = 200;

/** A Lua state with bounded memory. What it runs, it runs on a thread of its own, which an overrun costs. */
export class LuaState implements HostCalls {
  readonly instance: LuaInstance;
  readonly stack: LuaStack;
  readonly memoryLimit: number;
  /** Bytes. */
  memoryUsed = 0;
  readonly #time: TimeBudget;
  readonly #number: number;
  readonly #main: number;
  readonly #commands: Command[] = [];
  readonly #numbers = new Map<Command, number>();
  /** Lua's own collectgarbage. */
  readonly #collect: bigint;
  #threadReference = 0;
  #thread = 0;
  #instructions = 0;
  /** Memory was refused in this call, so that what is over the budget is memory. */
  #wasRefused = false;
  /** At fewer instructions than these the clock is looked at again. */
  #clockDue = 0;
  #hookInterval = hookInterval;
  /** Set up and clean up do not fail for want of memory: nothing would catch the error. */
  #unlimited = true;

  /** @param now milliseconds of a clock that only goes forward. */
  constructor(instance: LuaInstance, memoryLimit: number, now: () => number) {
    this.instance = instance;
    this.memoryLimit = memoryLimit;
    this.#time = new TimeBudget(now);
    this.#number = instance.enter(this);
    this.stack = new LuaStack(instance, this);
    this.#instructions = Number.POSITIVE_INFINITY;
    this.#main = instance.lua.lua_newstate(instance.allocate, this.#number);
    withholdMetamethods(instance, this.#main);
    this.#newThread();
    this.#collect = this.#openBase();
    this.#unlimited = false;
  }

  /** Frees all of it at once. */
  close(): void {
    if (!this.instance.broken) this.instance.lua.lua_close(this.#main);
    this.instance.leave(this.#number);
  }

  /** Runs `setUp` with the stack and without any bound; it must not run a script's code. */
  prepare<T>(setUp: (stack: LuaStack) => T): T {
    const unlimited = this.#unlimited;
    const instructions = this.#instructions;
    this.#unlimited = true;
    this.#instructions = Number.POSITIVE_INFINITY;
    try {
      return setUp(this.stack);
    } finally {
      this.#unlimited = unlimited;
      this.#instructions = instructions;
    }
  }

  /** The number that a function of Lua keeps to tell which command it is. */
  numberOf(command: Command): number {
    const known = this.#numbers.get(command);
    if (known !== undefined) return known;
    const number = this.#commands.push(command) - 1;
    this.#numbers.set(command, number);
    return number;
  }

  /** Compiles Lua and leaves the function on the stack; or tells why not, and leaves nothing. */
  load(code: Uint8Array, name: string): Failure | null {
    const { lua } = this.instance;
    const text = this.instance.reserve(code.length);
    this.instance.bytes.set(code, text);
    const chunk = this.instance.cString(`=${name}`);
    const mode = this.instance.cString('t');
    const status = lua.luaL_loadbufferx(this.#thread, text, code.length, chunk, mode);
    for (const block of [text, chunk, mode]) lua.free(block);
    return status === statusCode.ok ? null : this.#failure(status);
  }

  /** Keeps the value on top of the stack for `call`. */
  keep(): bigint {
    return this.prepare(() => BigInt(this.instance.lua.luaL_ref(this.#thread, REGISTRY)));
  }

  /** The same, and leaves it there. */
  keepCopy(): bigint {
    this.stack.pushCopy(-1);
    return this.keep();
  }

  /** Calls a kept function without arguments; its results are dropped. Null: it has ended well. */
  call(reference: bigint, budget: Budget): Failure | null {
    this.stack.pushKept(reference);
    return this.callTop(0, 0, budget);
  }

  /**
   * Calls the function on the stack with so many arguments above it. With `resultCount` ALL_RESULTS or more than 0
   * the results stay on the stack.
   */
  callTop(argumentCount: number, resultCount: number, budget: Budget): Failure | null {
    const { instance } = this;
    const { lua } = instance;
    const outer = instance.running;
    const stack = lua.stackSave();
    this.#instructions = budget.instructions;
    this.#time.begin(budget.milliseconds);
    this.#wasRefused = false;
    this.#clockDue = this.#instructions - clockInstructions;
    const interval = this.memoryUsed > muchMemory ? closeHookInterval : hookInterval;
    if (this.#hookInterval !== interval) this.#setHook(interval);
    instance.running = this;
    try {
      const status = lua.lua_pcallk(this.#thread, argumentCount, resultCount, 0, 0, 0);
      return status === statusCode.ok ? null : this.#failure(status);
    } catch (error) {
      lua.stackRestore(stack);
      return this.#interrupted(error);
    } finally {
      instance.running = outer;
    }
  }

  /** The same out of a command, within the budget of the call that it is part of; an overrun goes on through both. */
  callWithin(argumentCount: number, resultCount: number): Failure | null {
    const status = this.instance.lua.lua_pcallk(this.#thread, argumentCount, resultCount, 0, 0, 0);
    return status === statusCode.ok ? null : this.#failure(status);
  }

  /** Lets go of a kept value. */
  release(reference: bigint): void {
    this.instance.lua.luaL_unref(this.#main, REGISTRY, Number(reference));
  }

  /** Counts bytes that the host holds for the running script for as long as the state is there. @throws Overrun */
  countHeld(bytes: number): void {
    this.memoryUsed += bytes;
    if (this.memoryUsed <= this.memoryLimit) return;
    this.collectGarbage();
    if (this.memoryUsed > this.memoryLimit) throw this.#overrun('memory');
  }

  /** Frees what no script can reach any more. Takes as long as it takes. */
  collectGarbage(): void {
    this.prepare((stack) => {
      stack.pushKept(this.#collect);
      stack.call(0, 0);
    });
  }

  /** Takes instructions from the budget, for a command that loops. @throws Overrun */
  charge(instructions: number): void {
    this.#instructions -= instructions;
    if (this.#instructions < 0) throw this.#overrun(this.#wasRefused ? 'memory' : 'instructions');
    if (this.#instructions < this.#clockDue) {
      this.#clockDue = this.#instructions - clockInstructions;
      this.#checkTime();
    }
  }

  /** Instructions that are left, for a loop that counts by itself. */
  get remaining(): number {
    return this.#instructions;
  }

  command(thread: number): number {
    const { lua } = this.instance;
    const run = this.#commands[lua.lua_tonumberx(thread, COMMAND_UPVALUE, 0)];
    if (run === undefined) return 0;
    try {
      return run(this.stack);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.charge(commandErrorInstructions);
      const hasPlace = !(error instanceof BareCommandError);
      return this.stack.raise(error.message, hasPlace);
    }
  }

  counted(): void {
    this.charge(this.#hookInterval);
    this.#checkTime();
  }

  jumped(): void {
    this.#spend(errorInstructions);
  }

  allocate(block: number, oldSize: number, newSize: number): number {
    const { lua } = this.instance;
    if (newSize === 0) {
      if (block !== 0) this.memoryUsed -= oldSize;
      lua.free(block);
      return 0;
    }
    const grown = block === 0 ? newSize : newSize - oldSize;
    if (grown > 0 && !this.#unlimited) {
      const isRefused = this.memoryUsed + grown > this.memoryLimit;
      // Lua collects all garbage before it tries again.
      if (isRefused) this.#spend(this.memoryUsed / collectedBytes);
      else this.#spend(allocationInstructions + grown / allocatedBytes);
      if (isRefused) {
        this.#wasRefused = true;
        return 0;
      }
    }
    const moved = lua.realloc(block, newSize);
    if (moved !== 0) this.memoryUsed += grown;
    return moved;
  }

  /** Like charge, where an error must not be thrown: the hook will throw it before the next instruction. */
  #spend(instructions: number): void {
    this.#instructions -= instructions;
    if (this.#instructions < 0) this.#setHook(1);
  }

  #checkTime(): void {
    if (this.#time.isOver()) throw this.#overrun('time');
  }

  #overrun(resource: Resource): Overrun {
    // In a hook the running function is at level 0; in a command that is the command itself.
    const place = this.prepare((stack) => stack.where(0) || stack.where(1));
    return new Overrun(resource, place);
  }

  #setHook(interval: number): void {
    this.#hookInterval = interval;
    this.instance.lua.lua_sethook(this.#thread, this.instance.hook, COUNT_HOOK, interval);
  }

  #openBase(): bigint {
    this.stack.pushLibrary('_G', this.instance.lua.luaopen_base);
    this.stack.getField(1, 'collectgarbage');
    const reference = this.keep();
    this.stack.drop(1);
    return reference;
  }

  #newThread(): void {
    const { lua } = this.instance;
    this.#thread = lua.lua_newthread(this.#main);
    this.#threadReference = lua.luaL_ref(this.#main, REGISTRY);
    this.stack.thread = this.#thread;
    this.#setHook(hookInterval);
  }

  /** What is left of a call that an error has crossed from end to end. */
  #interrupted(error: unknown): Failure {
    if (!(error instanceof Overrun)) {
      this.instance.broken = true;
      return { kind: 'broken', message: error instanceof Error ? error.message : 'an unknown error' };
    }
    // The thread is left to the collector, not reset: that would call its __close metamethods.
    this.prepare(() => {
      this.instance.lua.luaL_unref(this.#main, REGISTRY, this.#threadReference);
      this.#newThread();
    });
    return { kind: 'overrun', message: error.message };
  }

  #failure(status: number): Failure {
    const message = this.stack.errorText(-1);
    this.stack.drop(1);
    return { kind: status === statusCode.memory ? 'memory' : 'error', message };
  }
}
