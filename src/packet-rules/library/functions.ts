import { luaType } from '../../lua/host/api.ts';
import { BareCommandError } from '../../lua/host/errors.ts';
import type { Command, LuaStack } from '../../lua/values/stack.ts';

/** Functions of a table of Lua, by name. */
export type Functions = Readonly<Record<string, Command>>;

/** Adds functions to the table at `index`, an absolute index. */
export function addFunctions(stack: LuaStack, index: number, functions: Functions): void {
  for (const [name, command] of Object.entries(functions)) {
    stack.pushClosure(command, 0);
    stack.setField(index, name);
  }
}

/** Pushes a new table of functions; gives its index. */
export function pushFunctions(stack: LuaStack, functions: Functions): number {
  stack.pushTable();
  const index = stack.count;
  addFunctions(stack, index, functions);
  return index;
}

/** Lets the table at `index` be called, which is then the first argument. */
export function makeCallable(stack: LuaStack, index: number, command: Command): void {
  pushFunctions(stack, { __call: command });
  stack.instance.lua.lua_setmetatable(stack.thread, index);
}

/** The text of the value at `index` as tostring gives it. */
export function textOf(stack: LuaStack, index: number): string {
  stack.pushCopy(index);
  stack.toText();
  const text = stack.text(-1);
  stack.drop(1);
  return text;
}

/** Reads a list of texts, or one. @throws CommandError */
export function textsAt(stack: LuaStack, index: number, what: string): string[] {
  if (stack.type(index) === luaType.string) return [stack.text(index)];
  if (stack.type(index) !== luaType.table) throw new BareCommandError(`${what} must be a list of names`);
  const texts: string[] = [];
  const length = stack.rawLength(index);
  for (let at = 1; at <= length; at++) {
    stack.getElement(index, at);
    texts.push(stack.text(-1));
    stack.drop(1);
  }
  return texts;
}
