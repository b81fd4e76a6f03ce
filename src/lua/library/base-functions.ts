import { luaType } from '../host/api.ts';
import { LuaError } from '../host/errors.ts';
import type { HostFunction, LuaStack, StringView } from '../values/stack.ts';

const bytesInAKilobyte = 1024;
const valuesPerInstruction = 8;
const noSuchMetatables = ['__gc', '__mode'];

/** Collecting is the host's business: scripts may only ask how much is in use. */
export const collectGarbage: HostFunction = (stack) => {
  const option = stack.textOr(1, 'collect');
  if (option !== 'count') throw new LuaError(`collectgarbage('${option}') is not available; 'count' is`);
  stack.pushNumber(stack.meter.memoryUsed / bytesInAKilobyte);
  return 1;
};

export const select: HostFunction = (stack) => {
  const { count } = stack;
  stack.meter.charge(count / valuesPerInstruction);
  if (stack.type(1) === luaType.string && stack.text(1) === '#') {
    stack.pushInteger(count - 1);
    return 1;
  }
  const index = stack.integer(1);
  if (index === 0 || index < 1 - count) return stack.argumentError(1, 'index out of range');
  return index > 0 ? Math.max(0, count - index) : -index;
};

/**
 * Finalizers would run while garbage is collected, where no budget reaches, and weak tables can make one collection
 * take any time: neither is to be had.
 */
export const setMetatable: HostFunction = (stack) => {
  const { instance, thread } = stack;
  stack.expectType(1, luaType.table);
  if (!stack.isNone(2) && stack.type(2) !== luaType.nil) stack.expectType(2, luaType.table);
  else if (stack.isNone(2)) return stack.typeError(2, 'nil or table');
  if (stack.hasMetafield(1, '__metatable')) throw new LuaError('cannot change a protected metatable');
  if (stack.type(2) === luaType.table) {
    for (const name of noSuchMetatables) {
      stack.getField(2, name);
      if (!stack.isAbsent(-1)) throw new LuaError(`${name} is not available`);
      stack.drop(1);
    }
  }
  stack.setCount(2);
  instance.lua.lua_setmetatable(thread, 1);
  return 1;
};

function partOf(stack: LuaStack, { at, length }: StringView): Uint8Array {
  return stack.instance.bytes.subarray(at, at + length);
}

/** Both arguments, once both are strings: making one of a number may move the memory of the other. */
function bothParts(stack: LuaStack): readonly [Uint8Array, Uint8Array] {
  const [one, other] = [stack.view(1), stack.view(2)];
  return [partOf(stack, one), partOf(stack, other)];
}

export const repeated: HostFunction = (stack) => {
  const part = stack.view(1);
  const count = Math.max(0, stack.integer(2));
  const separator = stack.isAbsent(3) ? { at: 0, length: 0 } : stack.view(3);
  const length = count * part.length + Math.max(0, count - 1) * separator.length;
  stack.meter.checkSize(length);
  if (length === 0) {
    stack.pushText('');
    return 1;
  }
  stack.meter.chargeBytes(length);
  const bytes = new Uint8Array(length);
  bytes.set(partOf(stack, part));
  if (count > 1) bytes.set(partOf(stack, separator), part.length);
  // What is there is copied behind itself until it fills all: it has the period of one part and one separator.
  for (let done = part.length + separator.length; done < length; done *= 2) bytes.copyWithin(done, 0, done);
  stack.pushBytes(bytes);
  return 1;
};

/** FortiADC Script Reference Guide 8.0.0, "String library": plain text, no pattern. */
export const startsWith: HostFunction = (stack) => {
  const [text, start] = bothParts(stack);
  stack.pushBoolean(Buffer.compare(text.subarray(0, start.length), start) === 0);
  return 1;
};

export const endsWith: HostFunction = (stack) => {
  const [text, end] = bothParts(stack);
  const isEnd =
    end.length <= text.length && Buffer.compare(text.subarray(text.length - end.length), end) === 0;
  stack.pushBoolean(isEnd);
  return 1;
};
