type Pointer = number;

/**
 * The exports of wasmoon's Lua that are used here: Lua 5.4's C API (reference manual, 4.6 and 5.1), a heap, and the
 * stack that compiled C keeps in linear memory. A `long long` is a bigint.
 */
export type LuaExports = {
  readonly memory: LinearMemory;
  readonly __indirect_function_table: FunctionTable;
  readonly __wasm_call_ctors: () => void;
  readonly stackSave: () => Pointer;
  readonly stackRestore: (at: Pointer) => void;
  readonly setThrew: (threw: number, value: number) => void;
  readonly malloc: (size: number) => Pointer;
  readonly realloc: (block: Pointer, size: number) => Pointer;
  readonly free: (block: Pointer) => void;

  readonly lua_newstate: (allocate: number, data: Pointer) => Pointer;
  readonly lua_close: (L: Pointer) => void;
  readonly lua_newthread: (L: Pointer) => Pointer;
  readonly lua_resume: (L: Pointer, from: Pointer, argumentCount: number, resultCountAt: Pointer) => number;
  readonly lua_yieldk: (L: Pointer, resultCount: number, context: number, continuation: number) => number;
  readonly lua_status: (L: Pointer) => number;
  readonly lua_isyieldable: (L: Pointer) => number;
  readonly lua_resetthread: (L: Pointer) => number;
  readonly lua_xmove: (from: Pointer, to: Pointer, count: number) => void;
  readonly lua_getstack: (L: Pointer, level: number, into: Pointer) => number;
  readonly lua_sethook: (L: Pointer, hook: number, mask: number, count: number) => void;
  readonly lua_pcallk: (
    L: Pointer,
    argumentCount: number,
    resultCount: number,
    handler: number,
    context: number,
    continuation: number,
  ) => number;
  readonly lua_callk: (
    L: Pointer,
    argumentCount: number,
    resultCount: number,
    context: number,
    continuation: number,
  ) => void;
  readonly lua_error: (L: Pointer) => number;
  readonly luaL_loadbufferx: (
    L: Pointer,
    text: Pointer,
    size: number,
    name: Pointer,
    mode: Pointer,
  ) => number;
  readonly luaL_requiref: (L: Pointer, name: Pointer, open: number, global: number) => void;
  readonly luaL_ref: (L: Pointer, table: number) => number;
  readonly luaL_unref: (L: Pointer, table: number, reference: number) => void;
  readonly luaL_where: (L: Pointer, level: number) => void;
  readonly luaL_traceback: (L: Pointer, of: Pointer, message: Pointer, level: number) => void;
  readonly luaL_argerror: (L: Pointer, argument: number, message: Pointer) => number;
  readonly luaL_typeerror: (L: Pointer, argument: number, expected: Pointer) => number;
  readonly luaL_checkinteger: (L: Pointer, argument: number) => bigint;
  readonly luaL_checknumber: (L: Pointer, argument: number) => number;
  readonly luaL_checklstring: (L: Pointer, argument: number, length: Pointer) => Pointer;
  readonly luaL_checkstack: (L: Pointer, size: number, message: Pointer) => void;
  readonly luaL_getmetafield: (L: Pointer, index: number, name: Pointer) => number;
  readonly luaL_len: (L: Pointer, index: number) => bigint;
  readonly luaL_tolstring: (L: Pointer, index: number, length: Pointer) => Pointer;

  readonly lua_gettop: (L: Pointer) => number;
  readonly lua_settop: (L: Pointer, index: number) => void;
  readonly lua_pushvalue: (L: Pointer, index: number) => void;
  readonly lua_rotate: (L: Pointer, index: number, count: number) => void;
  readonly lua_copy: (L: Pointer, from: number, to: number) => void;
  readonly lua_checkstack: (L: Pointer, size: number) => number;
  readonly lua_type: (L: Pointer, index: number) => number;
  readonly lua_typename: (L: Pointer, type: number) => Pointer;
  readonly lua_isinteger: (L: Pointer, index: number) => number;
  readonly lua_toboolean: (L: Pointer, index: number) => number;
  readonly lua_tonumberx: (L: Pointer, index: number, isNumber: Pointer) => number;
  readonly lua_tointegerx: (L: Pointer, index: number, isInteger: Pointer) => bigint;
  readonly lua_tolstring: (L: Pointer, index: number, length: Pointer) => Pointer;
  readonly lua_tocfunction: (L: Pointer, index: number) => number;
  readonly lua_topointer: (L: Pointer, index: number) => Pointer;
  readonly lua_rawlen: (L: Pointer, index: number) => bigint;
  readonly lua_compare: (L: Pointer, one: number, other: number, operation: number) => number;
  readonly lua_concat: (L: Pointer, count: number) => void;

  readonly lua_tothread: (L: Pointer, index: number) => Pointer;
  readonly lua_pushthread: (L: Pointer) => number;
  readonly lua_pushnil: (L: Pointer) => void;
  readonly lua_pushboolean: (L: Pointer, value: number) => void;
  readonly lua_pushnumber: (L: Pointer, value: number) => void;
  readonly lua_pushinteger: (L: Pointer, value: bigint) => void;
  readonly lua_pushlstring: (L: Pointer, bytes: Pointer, length: number) => Pointer;
  readonly lua_pushcclosure: (L: Pointer, call: number, upvalues: number) => void;

  readonly lua_createtable: (L: Pointer, array: number, hash: number) => void;
  readonly lua_geti: (L: Pointer, index: number, key: bigint) => number;
  readonly lua_seti: (L: Pointer, index: number, key: bigint) => void;
  readonly lua_settable: (L: Pointer, index: number) => void;
  readonly lua_gettable: (L: Pointer, index: number) => number;
  readonly lua_rawget: (L: Pointer, index: number) => number;
  readonly lua_rawset: (L: Pointer, index: number) => void;
  readonly lua_rawgeti: (L: Pointer, index: number, key: bigint) => number;
  readonly lua_rawseti: (L: Pointer, index: number, key: bigint) => void;
  readonly lua_next: (L: Pointer, index: number) => number;
  readonly lua_getglobal: (L: Pointer, name: Pointer) => number;
  readonly lua_setglobal: (L: Pointer, name: Pointer) => void;
  readonly lua_setmetatable: (L: Pointer, index: number) => number;
  readonly lua_newuserdatauv: (L: Pointer, size: number, values: number) => Pointer;
  readonly lua_getiuservalue: (L: Pointer, index: number, number: number) => number;
  readonly lua_setiuservalue: (L: Pointer, index: number, number: number) => number;
  readonly lua_touserdata: (L: Pointer, index: number) => Pointer;

  readonly luaopen_base: WasmFunction;
  readonly luaopen_coroutine: WasmFunction;
  readonly luaopen_string: WasmFunction;
  readonly luaopen_table: WasmFunction;
  readonly luaopen_math: WasmFunction;
  readonly luaopen_utf8: WasmFunction;
};

export type LinearMemory = { readonly buffer: ArrayBuffer; grow(pages: number): number };

export type FunctionTable = {
  readonly length: number;
  grow(by: number): number;
  get(index: number): WasmFunction;
  set(index: number, call: WasmFunction): void;
};

/** lua.h. */
export const statusCode = { ok: 0, yielded: 1, memory: 4 } as const;
export const luaType = {
  none: -1,
  nil: 0,
  boolean: 1,
  number: 3,
  string: 4,
  table: 5,
  function: 6,
  userdata: 7,
  thread: 8,
} as const;
export const REGISTRY = -1_001_000;
export const ALL_RESULTS = -1;
export const COUNT_HOOK = 8;
export const LESS_THAN = 1;

/** The upvalue in which a C function finds the number of the host's function. */
export const HOST_FUNCTION_UPVALUE = REGISTRY - 1;

/** The index of a further upvalue, counted from 1. */
export function ownUpvalue(number: number): number {
  return HOST_FUNCTION_UPVALUE - number;
}
