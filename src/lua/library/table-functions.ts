import { LESS_THAN, luaType } from '../host/api.ts';
import { LuaError } from '../host/errors.ts';
import type { HostFunction, LuaStack } from '../values/stack.ts';
import { Output } from './output.ts';

/** The functions of Lua's table library that loop (reference manual 5.4, 6.6), with every element charged. */

/** Lua's stack holds fewer values than this. */
const mostValues = 200_000;

function get(stack: LuaStack, table: number, key: number): void {
  stack.meter.charge(1);
  stack.getElement(table, key);
}

function set(stack: LuaStack, table: number, key: number): void {
  stack.meter.charge(1);
  stack.setElement(table, key);
}

function lengthOf(stack: LuaStack, table: number): number {
  stack.expectType(table, luaType.table);
  return stack.length(table);
}

export const insert: HostFunction = (stack) => {
  const end = lengthOf(stack, 1) + 1;
  if (stack.count === 2) {
    set(stack, 1, end);
    return 0;
  }
  if (stack.count !== 3) throw new LuaError("wrong number of arguments to 'insert'");
  const position = stack.integer(2);
  if (position < 1 || position > end) return stack.argumentError(2, 'position out of bounds');
  for (let key = end; key > position; key--) {
    get(stack, 1, key - 1);
    set(stack, 1, key);
  }
  set(stack, 1, position);
  return 0;
};

export const remove: HostFunction = (stack) => {
  const length = lengthOf(stack, 1);
  const position = stack.integerOr(2, length);
  if (position !== length && (position < 1 || position > length + 1)) {
    return stack.argumentError(2, 'position out of bounds');
  }
  get(stack, 1, position);
  let key = position;
  for (; key < length; key++) {
    get(stack, 1, key + 1);
    set(stack, 1, key);
  }
  stack.pushNil();
  set(stack, 1, key);
  return 1;
};

export const move: HostFunction = (stack) => {
  const from = stack.integer(2);
  const last = stack.integer(3);
  const to = stack.integer(4);
  const target = stack.isAbsent(5) ? 1 : 5;
  stack.expectType(1, luaType.table);
  stack.expectType(target, luaType.table);
  const overlaps = to > from && to <= last && stack.identity(1) === stack.identity(target);
  for (let offset = 0; offset <= last - from; offset++) {
    const key = overlaps ? last - from - offset : offset;
    get(stack, 1, from + key);
    set(stack, target, to + key);
  }
  stack.pushCopy(target);
  return 1;
};

export const concat: HostFunction = (stack) => {
  const length = lengthOf(stack, 1);
  const separator = stack.isAbsent(2) ? new Uint8Array() : stack.bytes(2);
  const first = stack.integerOr(3, 1);
  const last = stack.integerOr(4, length);
  const output = new Output(stack);
  for (let key = first; key <= last; key++) {
    get(stack, 1, key);
    const type = stack.type(-1);
    if (type !== luaType.string && type !== luaType.number) {
      throw new LuaError(`invalid value (${stack.typeName(-1)}) at index ${key} in table for 'concat'`);
    }
    const { at, length: size } = stack.view(-1);
    output.add(stack.instance.bytes.subarray(at, at + size));
    if (key < last) output.add(separator);
    stack.drop(1);
  }
  output.push();
  return 1;
};

export const unpack: HostFunction = (stack) => {
  const first = stack.integerOr(2, 1);
  const last = stack.isAbsent(3) ? stack.length(1) : stack.integer(3);
  const count = Math.max(0, last - first + 1);
  if (count >= mostValues || !stack.reserve(count)) throw new LuaError('too many results to unpack');
  for (let key = first; key <= last; key++) get(stack, 1, key);
  return count;
};

/** Whether the value at one index is less than that at another, by the order function at 2 if there is one. */
function isLess(stack: LuaStack, one: number, other: number): boolean {
  const { instance, thread } = stack;
  stack.meter.charge(1);
  stack.meter.chargeBytes(stack.rawLength(one) + stack.rawLength(other));
  if (stack.isAbsent(2)) return instance.lua.lua_compare(thread, one, other, LESS_THAN) !== 0;
  stack.pushCopy(2);
  stack.pushCopy(one);
  stack.pushCopy(other);
  stack.call(2, 1);
  const less = stack.boolean(-1);
  stack.drop(1);
  return less;
}

/** Makes a heap of what is below `start`, given that its subtrees are heaps. Its largest is then at `start`. */
function sift(stack: LuaStack, start: number, last: number): void {
  get(stack, 1, start);
  const value = stack.count;
  let hole = start;
  for (let child = 2 * hole; child <= last; child = 2 * hole) {
    get(stack, 1, child);
    if (child < last) {
      get(stack, 1, child + 1);
      if (isLess(stack, value + 1, value + 2)) {
        child++;
        stack.instance.lua.lua_copy(stack.thread, value + 2, value + 1);
      }
      stack.drop(1);
    }
    if (!isLess(stack, value, value + 1)) break;
    set(stack, 1, hole);
    hole = child;
  }
  stack.setCount(value);
  set(stack, 1, hole);
}

/** A heap sort: an order function that contradicts itself gives some order, and takes no longer. */
export const sort: HostFunction = (stack) => {
  const length = lengthOf(stack, 1);
  if (!stack.isAbsent(2)) stack.expectType(2, luaType.function);
  stack.setCount(2);
  for (let start = Math.floor(length / 2); start >= 1; start--) sift(stack, start, length);
  for (let last = length; last > 1; last--) {
    get(stack, 1, 1);
    get(stack, 1, last);
    set(stack, 1, 1);
    set(stack, 1, last);
    sift(stack, 1, last - 1);
  }
  return 0;
};
