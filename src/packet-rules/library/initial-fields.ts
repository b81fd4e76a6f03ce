import { luaType } from '../../lua/host/api.ts';
import type { LuaStack } from '../../lua/values/stack.ts';

/** Sets the fields of an object to those in a table, and those of objects in it to those of tables. */
export function setFields(stack: LuaStack, object: number, table: number): void {
  const { instance, thread } = stack;
  stack.pushNil();
  while (stack.next(table)) {
    const value = stack.count;
    stack.pushCopy(value - 1);
    if (stack.type(value) === luaType.table) {
      stack.getIndexed(object);
      setFields(stack, stack.count, value);
    } else {
      stack.pushCopy(value);
      instance.lua.lua_settable(thread, object);
    }
    stack.setCount(value - 1);
  }
}

/** The same for the object on top of the stack, if a later Haka's call has given a table at `index`. */
export function setInitialFields(stack: LuaStack, index: number): void {
  if (stack.type(index) === luaType.table) setFields(stack, stack.count, index);
}
