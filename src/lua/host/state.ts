import { messageOf } from '../../text/reason.ts';
import { type HostFunction, LuaStack } from '../values/stack.ts';
import { HOST_FUNCTION_UPVALUE, luaType, REGISTRY, statusCode } from './api.ts';
import type { Budget } from './budget.ts';
import { BareLuaError, type Failure, LuaError, Overrun } from './errors.ts';
import { HostFunctions } from './host-functions.ts';
import type { HostCalls, LuaInstance } from './instance.ts';
import { Meter, type MeterOptions } from './meter.ts';
import { closeHookInterval, hookInterval, RunningThread } from './running-thread.ts';
import { withholdMetamethods } from './withheld-metamethods.ts';

/** Above so many bytes in use the count hook fires more often. */
const muchMemory = 1024 * 1024;
/** What it takes to throw and catch an error of Lua, and one that a function of the host throws. */
const errorInstructions = 60;
const hostErrorInstructions = 200;
const tracebackInstructions = 500;

/** Handles an error where it is raised: a text gets the calls that led there behind it. */
const addTraceback: HostFunction = (stack) => {
  if (stack.type(1) !== luaType.string) return 1;
  stack.meter.charge(tracebackInstructions);
  const { instance, thread } = stack;
  const { lua, lengthAt } = instance;
  const message = lua.lua_tolstring(thread, 1, lengthAt);
  lua.luaL_traceback(thread, thread, message, 1);
  return 1;
};

/** A Lua state with bounded memory, whose calls are bounded too. It runs code on a thread that an overrun costs. */
export class LuaState implements HostCalls {
  readonly instance: LuaInstance;
  readonly stack: LuaStack;
  readonly meter: Meter;
  /** The number that the instance knows the state by. */
  readonly #number: number;
  readonly #main: number;
  readonly #thread: RunningThread;
  readonly #hostFunctions = new HostFunctions();
  /** Lua's own collectgarbage. */
  readonly #collect: bigint;
  /** Whether the message of an error that nothing catches has a traceback. */
  isTraced = false;
  readonly #traceback: bigint;

  constructor(instance: LuaInstance, options: MeterOptions) {
    this.instance = instance;
    this.meter = new Meter(options, {
      position: () => this.#position(),
      interrupt: () => this.#thread.setInterval(1),
    });
    this.#number = instance.enter(this);
    this.#main = instance.lua.lua_newstate(instance.allocate, this.#number);
    withholdMetamethods(instance, this.#main);
    this.#thread = new RunningThread(instance, this.#main);
    this.stack = new LuaStack(instance, this.#thread, this.meter, this.#hostFunctions);
    this.#collect = this.#openBase();
    this.stack.pushClosure(addTraceback, 0);
    this.#traceback = this.keep();
    this.meter.limit();
  }

  /** Frees all of it at once. */
  close(): void {
    if (!this.instance.broken) this.instance.lua.lua_close(this.#main);
    this.instance.leave(this.#number);
  }

  /** Runs `setUp` with the stack and without any bound; it must not run a script's code. */
  prepare<T>(setUp: (stack: LuaStack) => T): T {
    return this.meter.unlimited(() => setUp(this.stack));
  }

  /** Compiles Lua and leaves the function on the stack. On failure it leaves nothing. */
  load(code: Uint8Array, name: string): Failure | null {
    const { instance } = this;
    const { lua } = instance;
    const text = instance.reserve(code.length);
    instance.bytes.set(code, text);
    const chunk = instance.cString(`=${name}`);
    const mode = instance.cString('t');
    const status = lua.luaL_loadbufferx(this.#thread.pointer, text, code.length, chunk, mode);
    for (const block of [text, chunk, mode]) lua.free(block);
    return this.#resultOf(status);
  }

  /** Takes the value on top of the stack, and keeps it under a reference until `release`. */
  keep(): bigint {
    return this.meter.unlimited(() => BigInt(this.instance.lua.luaL_ref(this.#thread.pointer, REGISTRY)));
  }

  /** Keeps a copy of the value on top of the stack. */
  keepCopy(): bigint {
    this.stack.pushCopy(-1);
    return this.keep();
  }

  /** Lets go of a kept value. */
  release(reference: bigint): void {
    this.instance.lua.luaL_unref(this.#main, REGISTRY, Number(reference));
  }

  /** Calls a kept function without arguments and drops its results. Null: it has ended well. */
  call(reference: bigint, budget: Budget): Failure | null {
    this.stack.pushKept(reference);
    return this.callTop(0, 0, budget);
  }

  /**
   * Calls the function on the stack with so many arguments above it. Its results, all of them with ALL_RESULTS, stay on
   * the stack.
   */
  callTop(argumentCount: number, resultCount: number, budget: Budget): Failure | null {
    const { instance } = this;
    const { lua } = instance;
    const outer = instance.running;
    const stack = lua.stackSave();
    this.meter.begin(budget);
    this.#thread.setInterval(this.meter.memoryUsed > muchMemory ? closeHookInterval : hookInterval);
    instance.running = this;
    try {
      return this.#resultOf(this.#protected(argumentCount, resultCount));
    } catch (error) {
      lua.stackRestore(stack);
      return this.#interrupted(error);
    } finally {
      instance.running = outer;
    }
  }

  /** Calls out of a function of the host, within the budget of the call around it. An overrun ends both. */
  callWithin(argumentCount: number, resultCount: number): Failure | null {
    return this.#resultOf(this.#protected(argumentCount, resultCount));
  }

  #protected(argumentCount: number, resultCount: number): number {
    const { lua } = this.instance;
    const thread = this.#thread.pointer;
    if (!this.isTraced) return lua.lua_pcallk(thread, argumentCount, resultCount, 0, 0, 0);
    const at = lua.lua_gettop(thread) - argumentCount;
    this.stack.pushKept(this.#traceback);
    lua.lua_rotate(thread, at, 1);
    const status = lua.lua_pcallk(thread, argumentCount, resultCount, at, 0, 0);
    lua.lua_rotate(thread, at, -1);
    this.stack.drop(1);
    return status;
  }

  /** Counts bytes that the host holds for the running script for as long as the state lives. @throws Overrun */
  countHeld(bytes: number): void {
    const { meter } = this;
    meter.memoryUsed += bytes;
    if (meter.memoryUsed <= meter.memoryLimit) return;
    this.collectGarbage();
    if (meter.memoryUsed > meter.memoryLimit) throw meter.overrun('memory');
  }

  /** Frees what no script can reach any more. Takes as long as it takes. */
  collectGarbage(): void {
    this.prepare((stack) => {
      stack.pushKept(this.#collect);
      stack.call(0, 0);
    });
  }

  called(thread: number): number {
    const run = this.#hostFunctions.at(this.instance.lua.lua_tonumberx(thread, HOST_FUNCTION_UPVALUE, 0));
    if (run === undefined) return 0;
    try {
      return run(this.stack);
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      this.meter.charge(hostErrorInstructions);
      const hasPosition = !(error instanceof BareLuaError);
      return this.stack.raise(error.message, hasPosition);
    }
  }

  counted(): void {
    this.meter.charge(this.#thread.interval);
    this.meter.checkTime();
  }

  jumped(): void {
    this.meter.spend(errorInstructions);
  }

  allocate(block: number, oldSize: number, newSize: number): number {
    const { lua } = this.instance;
    const { meter } = this;
    if (newSize === 0) {
      if (block !== 0) meter.memoryUsed -= oldSize;
      lua.free(block);
      return 0;
    }
    const grown = block === 0 ? newSize : newSize - oldSize;
    if (!meter.mayGrow(grown)) return 0;
    const moved = lua.realloc(block, newSize);
    if (moved !== 0) meter.memoryUsed += grown;
    return moved;
  }

  #openBase(): bigint {
    this.stack.pushLibrary('_G', this.instance.lua.luaopen_base);
    this.stack.getField(1, 'collectgarbage');
    const reference = this.keep();
    this.stack.drop(1);
    return reference;
  }

  /** In a hook the running function is at level 0; in a function of the host it is that function. */
  #position(): string {
    return this.prepare((stack) => stack.where(0) || stack.where(1));
  }

  /** What is left of a call that an error has crossed from end to end. */
  #interrupted(error: unknown): Failure {
    if (!(error instanceof Overrun)) {
      this.instance.broken = true;
      return { kind: 'broken', message: messageOf(error) };
    }
    this.meter.unlimited(() => this.#thread.replace());
    return { kind: 'overrun', resource: error.resource, message: error.message };
  }

  /** Takes the error of a call that failed from the stack. */
  #resultOf(status: number): Failure | null {
    if (status === statusCode.ok) return null;
    const message = this.stack.errorText(-1);
    this.stack.drop(1);
    return { kind: status === statusCode.memory ? 'memory' : 'error', message };
  }
}
