import { luaType } from '../host/api.ts';
import { LuaError } from '../host/errors.ts';
import type { LuaState } from '../host/state.ts';
import { extendGlobal, type Functions } from '../values/function-table.ts';
import type { HostFunction, LuaStack } from '../values/stack.ts';
import * as base from './base-functions.ts';
import { coroutineFunctions } from './coroutine-functions.ts';
import * as search from './string-search.ts';
import * as tables from './table-functions.ts';

const libraries = [
  ['string', 'luaopen_string'],
  ['table', 'luaopen_table'],
  ['math', 'luaopen_math'],
  ['utf8', 'luaopen_utf8'],
  ['coroutine', 'luaopen_coroutine'],
] as const;

/** Functions that load code or reach files, or that only a host needs. */
const removed = ['dofile', 'load', 'loadfile', 'require', 'warn'];

const resultsPerInstruction = 4;
const instructionsPerQuotedByte = 20;

/** Functions of C that read their arguments once, for which the length of those is charged. */
const chargedByArguments = {
  _G: ['tonumber'],
  string: ['upper', 'lower', 'reverse', 'char', 'pack', 'unpack', 'packsize'],
  table: ['pack'],
  utf8: ['char', 'len', 'offset'],
} as const;

/** Functions of C that may give many results. */
const chargedByResults = { string: ['byte'], utf8: ['codepoint'] } as const;

const own: Readonly<Record<string, Functions>> = {
  _G: { collectgarbage: base.collectGarbage, select: base.select, setmetatable: base.setMetatable },
  string: {
    find: search.find,
    match: search.match,
    gmatch: search.gmatch,
    gsub: search.gsub,
    rep: base.repeated,
    starts_with: base.startsWith,
    ends_with: base.endsWith,
  },
  table: {
    concat: tables.concat,
    insert: tables.insert,
    move: tables.move,
    remove: tables.remove,
    sort: tables.sort,
    unpack: tables.unpack,
  },
  // All of it: what Lua has there would switch threads without our knowing.
  coroutine: coroutineFunctions,
};

/** Opens the libraries that scripts may use: Lua's, without files, code loading and inspection. */
export function openLibraries(state: LuaState): void {
  state.prepare((stack) => {
    const { lua } = stack.instance;
    for (const [name, open] of libraries) {
      stack.pushLibrary(name, lua[open]);
      stack.drop(1);
    }
    for (const name of removed) {
      stack.pushNil();
      stack.setGlobal(name);
    }
    change(state, 'string', (table) => {
      stack.pushNil();
      stack.setField(table, 'dump');
    });
    for (const [library, names] of Object.entries(chargedByArguments))
      wrap(state, library, names, overArguments);
    wrap(state, 'string', ['format'], byFormat);
    for (const [library, names] of Object.entries(chargedByResults)) wrap(state, library, names, byResults);
    for (const [library, functions] of Object.entries(own)) extendGlobal(stack, library, functions);
  });
}

/** Calls `edit` with the index of a library's table on the stack. */
function change(state: LuaState, library: string, edit: (table: number) => void): void {
  state.stack.getGlobal(library);
  edit(state.stack.count);
  state.stack.drop(1);
}

function wrap(
  state: LuaState,
  library: string,
  names: readonly string[],
  charged: (original: WasmFunction) => HostFunction,
): void {
  const { stack } = state;
  const { lua } = stack.instance;
  change(state, library, (table) => {
    for (const name of names) {
      stack.getField(table, name);
      const pointer = lua.lua_tocfunction(stack.thread, -1);
      stack.drop(1);
      if (pointer === 0) throw new LuaError(`Lua has no ${library}.${name}`);
      stack.pushClosure(charged(lua.__indirect_function_table.get(pointer)), 0);
      stack.setField(table, name);
    }
  });
}

/** Charges for the arguments, then calls the original in this frame, where it finds them. */
function overArguments(original: WasmFunction): HostFunction {
  return (stack) => {
    stack.meter.chargeBytes(lengthOfArguments(stack));
    return original(stack.thread) ?? 0;
  };
}

/** `%q` writes byte for byte what other formats copy. */
function byFormat(original: WasmFunction): HostFunction {
  return (stack) => {
    const isQuoting = stack.type(1) === luaType.string && stack.text(1).includes('q');
    const length = lengthOfArguments(stack);
    if (isQuoting) stack.meter.charge(length * instructionsPerQuotedByte);
    else stack.meter.chargeBytes(length);
    return original(stack.thread) ?? 0;
  };
}

function byResults(original: WasmFunction): HostFunction {
  return (stack) => {
    const count = original(stack.thread) ?? 0;
    stack.meter.charge(count / resultsPerInstruction);
    return count;
  };
}

function lengthOfArguments(stack: LuaStack): number {
  const { count } = stack;
  let length = count;
  for (let index = 1; index <= count; index++) {
    if (stack.type(index) === luaType.string) length += stack.rawLength(index);
  }
  return length;
}
