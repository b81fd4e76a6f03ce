import { luaType } from '../../../lua/host/api.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { GlobalTable } from './global.ts';

const deepest = 32;
const longestText = 65_536;

function quoted(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replace(/[^\x20-\x7e]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, '0')}`);
  return `"${escaped}"`;
}

/** A value as an expression of Lua, with keys in the order of their text. */
function expressionOf(stack: LuaStack, index: number, depth: number): string {
  stack.meter.charge(4);
  const type = stack.type(index);
  if (type === luaType.string) {
    stack.meter.charge(stack.rawLength(index));
    return quoted(stack.text(index));
  }
  if (type === luaType.boolean) return String(stack.boolean(index));
  if (type !== luaType.table) return stack.printed(index) ?? stack.typeName(index);
  if (depth >= deepest) throw new LuaError(`a table that nests deeper than ${deepest}, or holds itself`);
  if (!stack.reserve(4)) throw new LuaError('stack overflow');
  const parts: string[] = [];
  let size = 0;
  stack.pushNil();
  while (stack.next(index)) {
    const key = stack.count - 1;
    const part = `[${expressionOf(stack, key, depth + 1)}]=${expressionOf(stack, key + 1, depth + 1)}`;
    size += part.length;
    if (size > longestText) throw new LuaError(`a table of more than ${longestText} bytes`);
    parts.push(part);
    stack.drop(1);
  }
  stack.meter.charge(parts.length);
  return `{${parts.sort().join(',')}}`;
}

/** FortiADC Script Reference Guide 8.0.0, "table_to_string". */
export const tables: GlobalTable = {
  table_to_string: (stack) => {
    stack.expectType(1, luaType.table);
    stack.pushText(expressionOf(stack, 1, 0));
    return 1;
  },
};
