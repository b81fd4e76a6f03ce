import { CommandError } from '../errors.ts';
import { TYPE } from '../exports.ts';
import type { Command, LuaStack } from '../stack.ts';
import type { LuaState } from '../state.ts';
import * as base from './base-functions.ts';
import * as search from './string-search.ts';
import * as tables from './table-functions.ts';

const LIBRARIES = [
  ['string', 'luaopen_string'],
  ['table', 'luaopen_table'],
  ['math', 'luaopen_math'],
  ['utf8', 'luaopen_utf8'],
] as const;

/** What a script could load code or reach files with, and functions whose only use is to a host. */
const REMOVED = ['dofile', 'load', 'loadfile', 'require', 'warn'];

const RESULTS_PER_INSTRUCTION = 4;
const INSTRUCTIONS_PER_QUOTED_BYTE = 20;

/** Functions of C that go over their arguments once: the length of those is charged. */
const OVER_ARGUMENTS = {
  _G: ['tonumber'],
  string: ['upper', 'lower', 'reverse', 'char', 'pack', 'unpack', 'packsize'],
  table: ['pack'],
  utf8: ['char', 'len', 'offset'],
} as const;

/** Functions of C that may give many results. */
const BY_RESULTS = { string: ['byte'], utf8: ['codepoint'] } as const;

const OWN: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
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
};

/** Gives a state the libraries that scripts may use: those of Lua without files, code loading, threads and inspection. */
export const openLibraries = (state: LuaState): void => {
  state.prepare((stack) => {
    const { lua } = stack.instance;
    for (const [name, open] of LIBRARIES) {
      stack.pushLibrary(name, lua[open]);
      stack.drop(1);
    }
    for (const name of REMOVED) {
      stack.pushNil();
      stack.setGlobal(name);
    }
    change(state, 'string', (table) => {
      stack.pushNil();
      stack.setField(table, 'dump');
    });
    for (const [library, names] of Object.entries(OVER_ARGUMENTS)) wrap(state, library, names, overArguments);
    wrap(state, 'string', ['format'], byFormat);
    for (const [library, names] of Object.entries(BY_RESULTS)) wrap(state, library, names, byResults);
    for (const [library, commands] of Object.entries(OWN)) {
      change(state, library, (table) => {
        for (const [name, command] of Object.entries(commands)) {
          stack.pushClosure(command, 0);
          stack.setField(table, name);
        }
      });
    }
  });
};

/** Calls `edit` with the place of a library's table on the stack. */
const change = (state: LuaState, library: string, edit: (table: number) => void): void => {
  state.stack.getGlobal(library);
  edit(state.stack.count);
  state.stack.drop(1);
};

const wrap = (
  state: LuaState,
  library: string,
  names: readonly string[],
  charged: (original: WasmFunction) => Command,
): void => {
  const { stack } = state;
  const { lua } = stack.instance;
  change(state, library, (table) => {
    for (const name of names) {
      stack.getField(table, name);
      const pointer = lua.lua_tocfunction(stack.thread, -1);
      stack.drop(1);
      if (pointer === 0) throw new CommandError(`Lua has no ${library}.${name}`);
      stack.pushClosure(charged(lua.__indirect_function_table.get(pointer)), 0);
      stack.setField(table, name);
    }
  });
};

/** A C function may be called in the frame of another: it finds the arguments and leaves the results. */
const overArguments =
  (original: WasmFunction): Command =>
  (stack) => {
    stack.chargeBytes(lengthOfArguments(stack));
    return original(stack.thread) ?? 0;
  };

/** `%q` writes byte for byte what other formats copy. */
const byFormat =
  (original: WasmFunction): Command =>
  (stack) => {
    const isQuoting = stack.type(1) === TYPE.string && stack.text(1).includes('q');
    const length = lengthOfArguments(stack);
    if (isQuoting) stack.charge(length * INSTRUCTIONS_PER_QUOTED_BYTE);
    else stack.chargeBytes(length);
    return original(stack.thread) ?? 0;
  };

const byResults =
  (original: WasmFunction): Command =>
  (stack) => {
    const count = original(stack.thread) ?? 0;
    stack.charge(count / RESULTS_PER_INSTRUCTION);
    return count;
  };

const lengthOfArguments = (stack: LuaStack): number => {
  const { count } = stack;
  let length = count;
  for (let index = 1; index <= count; index++) {
    if (stack.type(index) === TYPE.string) length += stack.rawLength(index);
  }
  return length;
};
