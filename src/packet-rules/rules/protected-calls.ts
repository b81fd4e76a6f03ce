import type { Failure } from '../../lua/host/errors.ts';
import type { Budget, LuaState } from '../../lua/host/state.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import { RuleError, RulesStopped } from './errors.ts';

/** What rules may take: a call of one of their functions each time, the file itself, and memory in bytes for all. */
export type RuleLimits = { readonly call: Budget; readonly memory: number };

export const defaultLimits: RuleLimits = {
  call: { instructions: 100_000_000, milliseconds: 60_000 },
  memory: 256 * 1024 * 1024,
};

/** The option that would let a rule take more. */
const options = { instructions: '--instructions', time: '--seconds', memory: '--memory' } as const;

/** What an overrun says, of rules instead of events. */
function overrunText(message: string): string {
  return message.replace(
    /the event took more (instructions|time|memory) than it may$/,
    (_, resource: keyof typeof options) =>
      `a rule took more ${resource} than it may: see ${options[resource]}`,
  );
}

/** Calls functions of rules, each within its budget; one that is called out of another shares that one's. */
export class ProtectedCalls {
  readonly state: LuaState;
  readonly #limits: RuleLimits;
  #depth = 0;

  constructor(state: LuaState, limits: RuleLimits) {
    this.state = state;
    this.#limits = limits;
  }

  get isRunning(): boolean {
    return this.#depth > 0;
  }

  /**
   * Calls the function that `push` puts on the stack, with the arguments that it puts there after it and whose number
   * it gives. `take` finds one result on top of the stack, which goes afterwards.
   *
   * @throws RuleError, RulesStopped
   */
  call<T>(push: (stack: LuaStack) => number, take: (stack: LuaStack) => T): T {
    const { state } = this;
    const argumentCount = state.prepare(push);
    const isNested = this.#depth > 0;
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

  /** Compiles Lua and leaves the function on the stack. @throws RuleError */
  load(code: Uint8Array, name: string): void {
    const failure = this.state.prepare(() => this.state.load(code, name));
    if (failure !== null) throw this.#errorOf(failure);
  }

  #errorOf({ kind, message }: Failure): Error {
    switch (kind) {
      case 'error':
        return new RuleError(message);
      case 'overrun':
        return new RulesStopped(overrunText(message));
      case 'memory': {
        const megabytes = Math.floor(this.#limits.memory / 2 ** 20);
        return new RulesStopped(`the rules took more memory than they may, ${megabytes} MB: see --memory`);
      }
      case 'broken':
        return new RulesStopped(`the memory of Lua is lost: ${message}`);
    }
  }
}
