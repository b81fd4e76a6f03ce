import { luaType } from '../../lua/host/api.ts';
import { type Failure, LuaError } from '../../lua/host/errors.ts';
import type { LuaInstance } from '../../lua/host/instance.ts';
import { LuaState } from '../../lua/host/state.ts';
import { openLibraries } from '../../lua/library/open-libraries.ts';
import type { ScriptContext } from '../commands/context.ts';
import { installCommands } from '../commands/install.ts';
import { programOf } from '../script/program.ts';
import type { ScriptLimits } from './limits.ts';
import type { RunningBlock, RunningScript } from './running-script.ts';

/** A state that still uses more than this share of its memory after a collection is not worth keeping. */
const fullShare = 0.75;

/** The Lua state that the scripts of a policy run in, with the commands that they may call. */
export class ScriptState {
  readonly #lua: LuaState;
  readonly #limits: ScriptLimits;
  /** Calls the global function whose name is its argument. */
  readonly #callGlobal: bigint;

  constructor(instance: LuaInstance, limits: ScriptLimits, context: ScriptContext, now: () => number) {
    this.#limits = limits;
    this.#lua = new LuaState(instance, { memoryLimit: limits.memory, now, subject: 'the event' });
    openLibraries(this.#lua);
    installCommands(this.#lua, context);
    this.#callGlobal = this.#lua.prepare((stack) => {
      stack.pushClosure((running) => {
        const name = running.text(1);
        if (running.getGlobal(name) !== luaType.function)
          throw new LuaError(`there is no function '${name}'`);
        running.call(0, 0);
        return 0;
      }, 0);
      return this.#lua.keep();
    });
  }

  get isBroken(): boolean {
    return this.#lua.instance.broken;
  }

  close(): void {
    this.#lua.close();
  }

  /** Compiles a script, runs what stands outside of its blocks, and keeps the function of each block. */
  load(script: RunningScript): Failure | null {
    for (const block of script.blocks) block.reference = null;
    if (this.isBroken) return { kind: 'broken', message: 'the memory of Lua is lost' };
    const failure = this.#lua.load(Buffer.from(programOf(script.parsed)), script.name);
    if (failure !== null) return failure;
    let isLoading = true;
    this.#lua.prepare((stack) =>
      stack.pushClosure((running) => {
        const block = script.blocks[running.integer(1)];
        running.expectType(2, luaType.function);
        if (!isLoading || block === undefined) throw new LuaError('this function is not for scripts');
        running.setCount(2);
        block.reference = this.#lua.keep();
        return 0;
      }, 0),
    );
    const failed = this.#lua.callTop(1, 0, this.#limits.start);
    isLoading = false;
    return failed;
  }

  run(block: RunningBlock): Failure | null {
    if (block.reference === null) return null;
    const isStart = block.event === 'RULE_INIT' || block.event === 'RULE_EXIT';
    return this.#lua.call(block.reference, isStart ? this.#limits.start : this.#limits.event);
  }

  runGlobal(name: string): Failure | null {
    this.#lua.prepare((stack) => {
      stack.pushKept(this.#callGlobal);
      stack.pushText(name);
    });
    return this.#lua.callTop(1, 0, this.#limits.event);
  }

  /** Whether so much memory is in use, garbage aside, that scripts could hardly go on. May collect the garbage. */
  isFull(): boolean {
    if (this.isBroken) return true;
    const full = this.#limits.memory * fullShare;
    if (this.#lua.meter.memoryUsed > full) this.#lua.collectGarbage();
    return this.#lua.meter.memoryUsed > full;
  }
}
