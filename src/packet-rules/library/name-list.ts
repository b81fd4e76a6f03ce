import { luaType } from '../../lua/host/api.ts';
import { BareLuaError } from '../../lua/host/errors.ts';
import type { LuaStack } from '../../lua/values/stack.ts';

/** The names in the list at `index`, or the one name there. @throws LuaError */
export function namesAt(stack: LuaStack, index: number, what: string): string[] {
  if (stack.type(index) === luaType.string) return [stack.text(index)];
  if (stack.type(index) !== luaType.table) throw new BareLuaError(`${what} must be a list of names`);
  const names: string[] = [];
  const length = stack.rawLength(index);
  for (let at = 1; at <= length; at++) {
    stack.getElement(index, at);
    names.push(stack.text(-1));
    stack.drop(1);
  }
  return names;
}
