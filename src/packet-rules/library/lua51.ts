import { ALL_RESULTS, luaType } from '../../lua/host/api.ts';
import { LuaError } from '../../lua/host/errors.ts';
import type { LuaInstance } from '../../lua/host/instance.ts';
import type { LuaState } from '../../lua/host/state.ts';
import { extendGlobal, keepFunction, pushFunctions, setGlobals } from '../../lua/values/function-table.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import { installTime } from './system-time.ts';

const digitRun = '\0-0123456789\0';

/**
 * Makes 10/2 print as 5, as in Lua 5.1, for which rules were written. Lua 5.4 appends ".0" to a float that prints like
 * an integer, which it finds out with a list of digits. An empty list stops that.
 */
export function printNumbersAsLua51(instance: LuaInstance): void {
  const at = Buffer.from(instance.bytes.buffer).indexOf(digitRun, 0, 'latin1');
  if (at < 0) throw new Error('the digits of Lua are not where this was written for');
  instance.bytes[at + 1] = 0;
}

const integerFormats = new Set(['d', 'i', 'c', 'o', 'u', 'x', 'X']);
/** What may stand in front of the letter, in any order: Lua says what is wrong with it. */
const formatItem = /%([-+ #0-9]*(?:\.\d*)?)([a-zA-Z%])/g;

/** string.format, whose %d takes 3.7 for 3, and which knows %u. */
function format(original: bigint): HostFunction {
  return (stack) => {
    const { count } = stack;
    let argument = 1;
    const text = stack.text(1).replace(formatItem, (all: string, flags: string, kind: string) => {
      if (kind === '%') return all;
      argument++;
      if (integerFormats.has(kind)) stack.truncate(argument);
      return kind === 'u' ? `%${flags}d` : all;
    });
    stack.pushKept(original);
    stack.pushText(text);
    for (let index = 2; index <= count; index++) stack.pushCopy(index);
    stack.call(count, 1);
    return 1;
  };
}

/** A function of Lua's that wants integers from an argument on, and takes 3.7 for 3 as in Lua 5.1. */
function truncating(original: bigint, from: number): HostFunction {
  return (stack) => {
    const { count } = stack;
    for (let index = from; index <= count; index++) stack.truncate(index);
    stack.pushKept(original);
    stack.instance.lua.lua_rotate(stack.thread, 1, 1);
    stack.call(count, ALL_RESULTS);
    return stack.count;
  };
}

/** The functions of C that want integers, and the first argument that is one. Ours ask the stack. */
const integerArguments = [
  ['string', 'sub', 2],
  ['string', 'byte', 2],
  ['string', 'char', 1],
  ['math', 'random', 1],
] as const;

/**
 * string.split of Haka: the parts between matches of a pattern, each up to the last character of the match behind it;
 * nothing behind a match that ends the text.
 */
function split(find: bigint): HostFunction {
  return (stack) => {
    stack.view(2);
    const text = stack.text(1);
    stack.pushTable();
    const table = stack.count;
    let parts = 0;
    const add = (from: number, to: number): void => {
      stack.meter.charge(1);
      stack.pushText(text.slice(from, to));
      stack.setElement(table, ++parts);
    };
    let from = 0;
    for (;;) {
      stack.pushKept(find);
      stack.pushCopy(1);
      stack.pushCopy(2);
      stack.pushInteger(from + 1);
      stack.call(3, 2);
      if (stack.isAbsent(-2)) break;
      const end = stack.integer(-1);
      if (end <= from) throw new LuaError('string.split needs a delimiter that is not empty');
      stack.drop(2);
      add(from, end - 1);
      from = end;
    }
    stack.drop(2);
    if (from < text.length) add(from, text.length);
    return 1;
  };
}

/** Metatables with `__mode` are taken, though nothing is weak here; in Lua 5.1 tables had no `__gc` either. */
const setMetatable: HostFunction = (stack) => {
  const { instance, thread } = stack;
  stack.expectType(1, luaType.table);
  if (stack.type(2) !== luaType.table && stack.type(2) !== luaType.nil) {
    return stack.typeError(2, 'nil or table');
  }
  if (stack.hasMetafield(1, '__metatable')) throw new LuaError('cannot change a protected metatable');
  stack.setCount(2);
  instance.lua.lua_setmetatable(thread, 1);
  return 1;
};

/** Collects when it is asked to, which costs as much as there is to look through. */
function collectGarbage(state: LuaState): HostFunction {
  return (stack) => {
    const option = stack.textOr(1, 'collect');
    const { meter } = stack;
    if (option === 'count') stack.pushNumber(meter.memoryUsed / 1024);
    else {
      if (option === 'collect' || option === 'step') {
        meter.chargeBytes(meter.memoryUsed);
        state.collectGarbage();
      }
      stack.pushNumber(0);
    }
    return 1;
  };
}

/** table.maxn: the largest key that is a number. */
const maxn: HostFunction = (stack) => {
  stack.expectType(1, luaType.table);
  stack.setCount(1);
  let largest = 0;
  stack.pushNil();
  while (stack.next(1)) {
    stack.meter.charge(1);
    stack.drop(1);
    if (stack.isNumber(-1)) largest = Math.max(largest, stack.number(-1));
  }
  stack.pushNumber(largest);
  return 1;
};

/** table.foreach and table.foreachi: call the function at 2 with each key and value until it gives something. */
function each(isList: boolean): HostFunction {
  return (stack) => {
    stack.expectType(1, luaType.table);
    stack.expectType(2, luaType.function);
    stack.setCount(2);
    stack.getGlobal(isList ? 'ipairs' : 'pairs');
    stack.pushCopy(1);
    stack.call(1, 3);
    // The iterator, what it iterates, and where it is.
    for (;;) {
      for (const index of [3, 4, 5]) stack.pushCopy(index);
      stack.call(2, 2);
      if (stack.isAbsent(-2)) return 0;
      stack.pushCopy(-2);
      stack.instance.lua.lua_copy(stack.thread, -1, 5);
      stack.drop(1);
      stack.pushCopy(2);
      stack.instance.lua.lua_rotate(stack.thread, -3, 1);
      stack.call(2, 1);
      if (!stack.isAbsent(-1)) return 1;
      stack.setCount(5);
    }
  };
}

function loadString(state: LuaState): HostFunction {
  return (stack) => {
    const code = stack.bytes(1);
    stack.meter.charge(code.length);
    const failure = state.load(code, stack.textOr(2, 'loadstring'));
    if (failure === null) return 1;
    stack.pushNil();
    stack.pushText(failure.message);
    return 2;
  };
}

function missing(name: string): HostFunction {
  return () => {
    throw new LuaError(`${name} is not available`);
  };
}

function toInt32(stack: LuaStack, index: number): number {
  const value = stack.number(index);
  // BitOp reduces numbers modulo 2^32.
  return Math.round(value) | 0;
}

function folded(combine: (one: number, other: number) => number): HostFunction {
  return (stack) => {
    let result = toInt32(stack, 1);
    for (let index = 2; index <= stack.count; index++) result = combine(result, toInt32(stack, index));
    stack.pushNumber(result | 0);
    return 1;
  };
}

function shifted(shift: (value: number, by: number) => number): HostFunction {
  return (stack) => {
    stack.pushNumber(shift(toInt32(stack, 1), toInt32(stack, 2) & 31) | 0);
    return 1;
  };
}

/** The library bit of LuaJIT, with which Haka was built. */
const bitFunctions: Readonly<Record<string, HostFunction>> = {
  tobit: folded((one) => one),
  bnot: (stack) => {
    stack.pushNumber(~toInt32(stack, 1));
    return 1;
  },
  band: folded((one, other) => one & other),
  bor: folded((one, other) => one | other),
  bxor: folded((one, other) => one ^ other),
  lshift: shifted((value, by) => value << by),
  rshift: shifted((value, by) => value >>> by),
  arshift: shifted((value, by) => value >> by),
  rol: shifted((value, by) => (value << by) | (value >>> (32 - by))),
  ror: shifted((value, by) => (value >>> by) | (value << (32 - by))),
  tohex: (stack) => {
    const digits = stack.isAbsent(2) ? 8 : Math.min(8, Math.abs(stack.integer(2)));
    const text = (toInt32(stack, 1) >>> 0).toString(16).padStart(8, '0');
    stack.pushText(text.slice(8 - digits));
    return 1;
  },
};

/** Adds what rules may use of Lua 5.1 and 5.4 lacks. */
export function installLua51(state: LuaState): void {
  state.stack.truncates = true;
  state.prepare((stack) => {
    for (const [library, name, first] of integerArguments) {
      extendGlobal(stack, library, { [name]: truncating(keepFunction(state, library, name), first) });
    }
    for (const [from, table, name] of [
      ['table', '', 'unpack'],
      ['string', 'string', 'gfind'],
      ['math', 'math', 'mod'],
    ] as const) {
      stack.getGlobal(from);
      stack.getField(stack.count, { unpack: 'unpack', gfind: 'gmatch', mod: 'fmod' }[name]);
      if (table !== '') stack.setField(stack.count - 1, name);
      else stack.setGlobal(name);
      stack.drop(1);
    }
    extendGlobal(stack, 'string', {
      format: format(keepFunction(state, 'string', 'format')),
      split: split(keepFunction(state, 'string', 'find')),
    });
    extendGlobal(stack, 'table', {
      maxn,
      foreach: each(false),
      foreachi: each(true),
      getn: (running) => {
        running.pushNumber(running.length(1));
        return 1;
      },
    });
    extendGlobal(stack, 'math', {
      pow: (running) => {
        running.pushNumber(running.number(1) ** running.number(2));
        return 1;
      },
      log10: (running) => {
        running.pushNumber(Math.log10(running.number(1)));
        return 1;
      },
    });
    pushFunctions(stack, bitFunctions);
    stack.setGlobal('bit');
    installTime(stack);
    setGlobals(stack, {
      setmetatable: setMetatable,
      collectgarbage: collectGarbage(state),
      loadstring: loadString(state),
      load: loadString(state),
      setfenv: missing('setfenv'),
      getfenv: missing('getfenv'),
    });
  });
}
