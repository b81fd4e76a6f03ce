import { luaType } from '../../lua/host/api.ts';
import { LuaError } from '../../lua/host/errors.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import { idleIn } from '../script/foreign.ts';
import type { ScriptContext } from './context.ts';
import { idle } from './idle.ts';
import { describeOccasion, type Occasion } from './occasion.ts';

/** Takes its arguments from index 2 on: 1 is the table that it was called on. Returns the number of results. */
type Work = (stack: LuaStack, context: ScriptContext) => number;

export type CommandEntry = { readonly on: readonly Occasion[]; readonly run: Work };

/** The commands of one global table of Lua. */
export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** The Lua function for a command. It refuses to run on other occasions than the command's own. */
export function commandOf(
  table: string,
  name: string,
  entry: CommandEntry,
  context: ScriptContext,
): HostFunction {
  const occasions = new Set(entry.on);
  const full = `${table}:${name}`;
  const late = idleIn.get(full);
  return (stack) => {
    if (stack.type(1) !== luaType.table) throw new LuaError(`call it with a colon: ${full}()`);
    const { occasion } = context;
    if (late?.events.some((event) => event === occasion) === true) {
      return context.connection?.isChoosing === true ? entry.run(stack, context) : idle(stack, late.reason);
    }
    if (!occasions.has(occasion)) {
      const allowed = entry.on.map(describeOccasion).join(', ');
      throw new LuaError(`${full}() can't be used in ${describeOccasion(occasion)}, only in ${allowed}`);
    }
    return entry.run(stack, context);
  };
}

/** Pushes a boolean. Returns the number of results, as the other answers do. */
export function answer(stack: LuaStack, value: boolean): number {
  stack.pushBoolean(value);
  return 1;
}

/** Pushes text, or nil for null. */
export function answerText(stack: LuaStack, text: string | null): number {
  stack.pushTextOrNil(text);
  return 1;
}

/** Pushes an integer, or nil for null. */
export function answerInteger(stack: LuaStack, value: number | null): number {
  if (value === null) stack.pushNil();
  else stack.pushInteger(value);
  return 1;
}
