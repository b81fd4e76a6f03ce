import type { LuaState } from '../host/state.ts';
import type { HostFunction, LuaStack } from './stack.ts';

/** Functions of a table of Lua, by name. */
export type Functions = Readonly<Record<string, HostFunction>>;

/** Adds functions to the table at `index`, an absolute index. */
export function addFunctions(stack: LuaStack, index: number, functions: Functions): void {
  for (const [name, run] of Object.entries(functions)) {
    stack.pushClosure(run, 0);
    stack.setField(index, name);
  }
}

/** Adds functions to a table that is a global. */
export function extendGlobal(stack: LuaStack, table: string, functions: Functions): void {
  stack.getGlobal(table);
  addFunctions(stack, stack.count, functions);
  stack.drop(1);
}

/** Sets global functions. */
export function setGlobals(stack: LuaStack, functions: Functions): void {
  for (const [name, run] of Object.entries(functions)) {
    stack.pushClosure(run, 0);
    stack.setGlobal(name);
  }
}

/** Pushes a new table of functions; returns its index. */
export function pushFunctions(stack: LuaStack, functions: Functions): number {
  stack.pushTable();
  const index = stack.count;
  addFunctions(stack, index, functions);
  return index;
}

/** Lets the table at `index` be called. The function gets the table as its first argument. */
export function makeCallable(stack: LuaStack, index: number, run: HostFunction): void {
  pushFunctions(stack, { __call: run });
  stack.instance.lua.lua_setmetatable(stack.thread, index);
}

/** Lets every name that the table at `index` lacks be this function. */
export function makeEmpty(stack: LuaStack, index: number, run: HostFunction): void {
  pushFunctions(stack, {
    __index: (running) => {
      running.pushClosure(run, 0);
      return 1;
    },
  });
  stack.instance.lua.lua_setmetatable(stack.thread, index);
}

/** Keeps a function of a library of Lua under a reference: scripts may replace the function itself. */
export function keepFunction(state: LuaState, library: string, name: string): bigint {
  return state.prepare((stack) => {
    stack.getGlobal(library);
    stack.getField(stack.count, name);
    const reference = state.keep();
    stack.drop(1);
    return reference;
  });
}
