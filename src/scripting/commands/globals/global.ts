import type { LuaStack } from '../../../lua/values/stack.ts';
import type { ScriptContext } from '../context.ts';

/** A global function: takes its arguments from index 1 on, and returns the number of results. */
export type GlobalFunction = (stack: LuaStack, context: ScriptContext) => number;

export type GlobalTable = Readonly<Record<string, GlobalFunction>>;
