import type { Failure } from '../../lua/host/errors.ts';
import type { LuaState } from '../../lua/host/state.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import { RuleError, RulesStopped } from './errors.ts';
import type { RuleLimits } from './limits.ts';

/** The option of the command that lets a rule take more. */
const options = { instructions: '--instructions', time: '--seconds', memory: '--memory' } as const;

/** Calls functions of rules, each within a budget. A call within another shares the budget of the outer one. */
export class ProtectedCalls {
  readonly state: LuaState;
  readonly #limits: RuleLimits;
  readonly #isTraced: () => boolean;
  #depth = 0;

  /** @param isTraced whether errors are told with the calls that led there */
  constructor(state: LuaState, limits: RuleLimits, isTraced: () => boolean) {
    this.state = state;
    this.#limits = limits;
    this.#isTraced = isTraced;
  }

  /**
   * Calls a function: `push` pushes it and its arguments, and returns the number of these. `take` finds the one result
   * on top of the stack, and leaves it there.
   *
   * @throws RuleError, RulesStopped
   */
  call<T>(push: (stack: LuaStack) => number, take: (stack: LuaStack) => T): T {
    const { state } = this;
    const argumentCount = state.prepare(push);
    const isNested = this.#depth > 0;
    state.isTraced = this.#isTraced();
    this.#depth++;
    let failure: Failure | null;
    try {
      failure = isNested
        ? state.callWithin(argumentCount, 1)
        : state.callTop(argumentCount, 1, this.#limits.call);
    } finally {
      this.#depth--;
    }
    if (failure !== null) throw this.#errorOf(failure);
    return state.prepare((stack) => {
      const taken = take(stack);
      stack.drop(1);
      return taken;
    });
  }

  /** Calls a function as `call` does, and drops its result. @throws RuleError, RulesStopped */
  run(push: (stack: LuaStack) => number): void {
    this.call(push, () => undefined);
  }

  /** Compiles Lua and leaves the function on the stack. @throws RuleError */
  load(code: Uint8Array, name: string): void {
    const failure = this.state.prepare(() => this.state.load(code, name));
    if (failure !== null) throw this.#errorOf(failure);
  }

  #errorOf(failure: Failure): Error {
    const { message } = failure;
    switch (failure.kind) {
      case 'error':
        return new RuleError(message);
      case 'overrun':
        return new RulesStopped(`${message}: see ${options[failure.resource]}`);
      case 'memory': {
        const megabytes = Math.floor(this.#limits.memory / 2 ** 20);
        return new RulesStopped(`the rules took more memory than they may, ${megabytes} MB: see --memory`);
      }
      case 'broken':
        return new RulesStopped(`the memory of Lua is lost: ${message}`);
    }
  }
}
