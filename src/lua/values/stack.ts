import { luaType, REGISTRY } from '../host/api.ts';
import type { LuaInstance } from '../host/instance.ts';
import type { Meter } from '../host/meter.ts';
import type { RunningThread } from '../host/running-thread.ts';

/** A function that Lua can call: takes its arguments from the stack, leaves results there and returns their number. */
export type HostFunction = (stack: LuaStack) => number;

/** A string of Lua where it lies in memory: valid as long as it is on the stack, and until memory grows. */
export type StringView = { readonly at: number; readonly length: number };

/**
 * The stack of the running Lua thread. A function of the host finds its arguments from 1, then what it has pushed.
 * Strings are bytes; as JavaScript strings they have one character for each byte. A value that does not fit its type
 * becomes Lua's own argument error.
 */
export class LuaStack {
  readonly instance: LuaInstance;
  readonly meter: Meter;
  readonly running: RunningThread;
  /** Whether a function that wants an integer takes 3.7 for 3, as in Lua 5.1. */
  truncates = false;
  readonly #hostFunctions: { numberOf(run: HostFunction): number };

  constructor(
    instance: LuaInstance,
    running: RunningThread,
    meter: Meter,
    hostFunctions: { numberOf(run: HostFunction): number },
  ) {
    this.instance = instance;
    this.meter = meter;
    this.running = running;
    this.#hostFunctions = hostFunctions;
  }

  /** The lua_State of the running thread. */
  get thread(): number {
    return this.running.pointer;
  }

  get count(): number {
    return this.instance.lua.lua_gettop(this.thread);
  }

  type(index: number): number {
    return this.instance.lua.lua_type(this.thread, index);
  }

  isNumber(index: number): boolean {
    return this.type(index) === luaType.number;
  }

  isAbsent(index: number): boolean {
    return this.type(index) <= luaType.nil;
  }

  typeName(index: number): string {
    const { instance } = this;
    return instance.textAt(instance.lua.lua_typename(this.thread, this.type(index)));
  }

  isNone(index: number): boolean {
    return this.type(index) === luaType.none;
  }

  boolean(index: number): boolean {
    return this.instance.lua.lua_toboolean(this.thread, index) !== 0;
  }

  number(index: number): number {
    return this.instance.lua.luaL_checknumber(this.thread, index);
  }

  /** An integer of Lua, which has 64 bits. One that JavaScript can't hold exactly is an argument error. */
  integer(index: number): number {
    const value = this.wideInteger(index);
    const integer = Number(value);
    if (!Number.isSafeInteger(integer)) this.argumentError(index, 'number out of range');
    return integer;
  }

  wideInteger(index: number): bigint {
    if (this.truncates) this.truncate(index);
    return this.instance.lua.luaL_checkinteger(this.thread, index);
  }

  /** Replaces a number that is no integer by the one towards zero, where Lua has one. */
  truncate(index: number): void {
    if (!this.isNumber(index) || this.isInteger(index)) return;
    const value = Math.trunc(this.number(index));
    if (Math.abs(value) < 2 ** 63) this.setInteger(index, value);
  }

  integerOr(index: number, otherwise: number): number {
    return this.isAbsent(index) ? otherwise : this.integer(index);
  }

  isInteger(index: number): boolean {
    return this.instance.lua.lua_isinteger(this.thread, index) !== 0;
  }

  view(index: number): StringView {
    const at = this.instance.lua.luaL_checklstring(this.thread, index, this.instance.lengthAt);
    return { at, length: this.instance.word(this.instance.lengthAt) };
  }

  /** A copy. */
  bytes(index: number): Uint8Array {
    const { at, length } = this.view(index);
    this.meter.chargeBytes(length);
    return this.instance.bytes.slice(at, at + length);
  }

  text(index: number): string {
    const { at, length } = this.view(index);
    return this.#textOf(at, length);
  }

  textOr(index: number, otherwise: string): string {
    return this.isAbsent(index) ? otherwise : this.text(index);
  }

  expectType(index: number, type: number): void {
    if (this.type(index) === type) return;
    const { lua } = this.instance;
    lua.luaL_typeerror(this.thread, index, lua.lua_typename(this.thread, type));
  }

  /** Raises an argument error. Never returns. */
  typeError(index: number, expected: string): number {
    return this.argumentError(
      index,
      `${expected} expected, got ${this.isNone(index) ? 'no value' : this.typeName(index)}`,
    );
  }

  pushNil(): void {
    this.instance.lua.lua_pushnil(this.thread);
  }

  pushBoolean(value: boolean): void {
    this.instance.lua.lua_pushboolean(this.thread, value ? 1 : 0);
  }

  pushNumber(value: number): void {
    this.instance.lua.lua_pushnumber(this.thread, value);
  }

  /** A safe integer, or any of 64 bits as a bigint. */
  pushInteger(value: number | bigint): void {
    this.instance.lua.lua_pushinteger(this.thread, BigInt(value));
  }

  pushBytes(value: Uint8Array): void {
    const { instance } = this;
    this.meter.chargeBytes(value.length);
    this.#withBlock(value.length, (at) => {
      instance.bytes.set(value, at);
      instance.lua.lua_pushlstring(this.thread, at, value.length);
    });
  }

  /** @param value characters up to U+00FF, each of them one byte. */
  pushText(value: string): void {
    const { instance } = this;
    this.meter.chargeBytes(value.length);
    this.#withBlock(value.length, (at) => {
      const { bytes } = instance;
      for (let index = 0; index < value.length; index++) bytes[at + index] = value.charCodeAt(index);
      instance.lua.lua_pushlstring(this.thread, at, value.length);
    });
  }

  pushTextOrNil(value: string | null | undefined): void {
    if (value === null || value === undefined) this.pushNil();
    else this.pushText(value);
  }

  /** Pushes bytes that are in Lua's memory already. */
  pushSlice(at: number, length: number): void {
    this.meter.chargeBytes(length);
    this.instance.lua.lua_pushlstring(this.thread, at, length);
  }

  pushCopy(index: number): void {
    this.instance.lua.lua_pushvalue(this.thread, index);
  }

  drop(count: number): void {
    this.instance.lua.lua_settop(this.thread, -count - 1);
  }

  /** Sets the number of values: drops some, or pushes nils. */
  setCount(count: number): void {
    this.instance.lua.lua_settop(this.thread, count);
  }

  /** The text of an error object, without calling its metamethods. Does not change the stack. */
  errorText(index: number): string {
    const type = this.type(index);
    if (type !== luaType.string && type !== luaType.number)
      return `(error object is a ${this.typeName(index)} value)`;
    const at = this.instance.lua.lua_tolstring(this.thread, index, this.instance.lengthAt);
    return this.#decode(at, this.instance.word(this.instance.lengthAt));
  }

  /** Raises an error, with the position of the caller before it if wanted. Never returns. */
  raise(message: string, hasPosition = true): number {
    const { lua } = this.instance;
    if (hasPosition) lua.luaL_where(this.thread, 1);
    this.pushText(message);
    if (hasPosition) lua.lua_concat(this.thread, 2);
    return lua.lua_error(this.thread);
  }

  /** Raises Lua's "bad argument". Never returns. `message`: ASCII. */
  argumentError(index: number, message: string): number {
    return this.instance.lua.luaL_argerror(this.thread, index, this.instance.shortLived(message));
  }

  /** The position that called the running function, or at level 0 that of itself: `name:line: `, or ''. */
  where(level: number): string {
    this.instance.lua.luaL_where(this.thread, level);
    const position = this.errorText(-1);
    this.drop(1);
    return position;
  }

  /** The value at `index` as Lua prints it, if it is a number or a string; null otherwise. */
  printed(index: number): string | null {
    const type = this.type(index);
    if (type !== luaType.string && type !== luaType.number) return null;
    this.pushCopy(index);
    const at = this.instance.lua.lua_tolstring(this.thread, -1, this.instance.lengthAt);
    const text = this.#textOf(at, this.instance.word(this.instance.lengthAt));
    this.drop(1);
    return text;
  }

  #textOf(at: number, length: number): string {
    this.meter.chargeBytes(length);
    return this.#decode(at, length);
  }

  #decode(at: number, length: number): string {
    return Buffer.from(this.instance.bytes.buffer, at, length).toString('latin1');
  }

  /** Lends the scratch block when the bytes fit, else a block for this call. */
  #withBlock(length: number, use: (at: number) => void): void {
    const { instance } = this;
    if (length <= instance.scratchBytes) {
      use(instance.scratch);
      return;
    }
    const at = instance.reserve(length);
    try {
      use(at);
    } finally {
      instance.lua.free(at);
    }
  }

  pushTable(): void {
    this.instance.lua.lua_createtable(this.thread, 0, 0);
  }

  /** Replaces so many values on top of the stack by a function that calls one of the host, with them as its upvalues. */
  pushClosure(run: HostFunction, upvalues: number): void {
    const { lua } = this.instance;
    lua.lua_pushinteger(this.thread, BigInt(this.#hostFunctions.numberOf(run)));
    if (upvalues > 0) lua.lua_rotate(this.thread, -upvalues - 1, 1);
    lua.lua_pushcclosure(this.thread, this.instance.hostFunction, upvalues + 1);
  }

  /** Puts an integer at an index that has a value already. */
  setInteger(index: number, value: number): void {
    this.pushInteger(value);
    this.instance.lua.lua_copy(this.thread, -1, index);
    this.drop(1);
  }

  /** Takes the top value out and puts it under a key in the table at `index`, an absolute index. */
  setField(index: number, name: string): void {
    this.pushText(name);
    this.swap();
    this.setEntry(index);
  }

  /** Pushes what the table at `index`, an absolute index, has under a name. */
  getField(index: number, name: string): void {
    this.pushText(name);
    this.instance.lua.lua_rawget(this.thread, index);
  }

  setGlobal(name: string): void {
    this.instance.lua.lua_setglobal(this.thread, this.instance.shortLived(name));
  }

  getGlobal(name: string): number {
    return this.instance.lua.lua_getglobal(this.thread, this.instance.shortLived(name));
  }

  /** Opens a library of Lua under a global name, and pushes its table. */
  pushLibrary(name: string, open: WasmFunction): void {
    const { instance } = this;
    // The name is read again at the end, when the scratch block may hold something else.
    const text = instance.cString(name);
    instance.lua.luaL_requiref(this.thread, text, instance.pointerTo(open), 1);
    instance.lua.free(text);
  }

  /** Calls the function below so many arguments, which the results replace. An error passes on to the script. */
  call(argumentCount: number, resultCount: number): void {
    this.instance.lua.lua_callk(this.thread, argumentCount, resultCount, 0, 0);
  }

  /** The text that tostring gives for the value at `index`. */
  tostring(index: number): string {
    this.pushCopy(index);
    this.toText();
    const text = this.text(-1);
    this.drop(1);
    return text;
  }

  /** Replaces the top value by the string that tostring gives. */
  toText(): void {
    const { lua } = this.instance;
    lua.luaL_tolstring(this.thread, -1, 0);
    this.swap();
    this.drop(1);
  }

  /** Whether the metatable of the value at `index` has such a field. */
  hasMetafield(index: number, name: string): boolean {
    const { instance } = this;
    const type = instance.lua.luaL_getmetafield(this.thread, index, instance.shortLived(name));
    if (type !== luaType.nil) this.drop(1);
    return type !== luaType.nil;
  }

  /** Replaces the key on top by the next key of the table at `index` and its value. False: by nothing. */
  next(index: number): boolean {
    return this.instance.lua.lua_next(this.thread, index) !== 0;
  }

  /** Takes a key and a value from the top and puts them into the table at `index`. */
  setEntry(index: number): void {
    this.instance.lua.lua_rawset(this.thread, index);
  }

  /** Replaces the key on top of the stack by what the table at `index` has under it, metamethods and all. */
  getIndexed(index: number): void {
    this.instance.lua.lua_gettable(this.thread, index);
  }

  /** Pushes t[key] of the table at `index`, metamethods and all. */
  getElement(index: number, key: number): void {
    this.instance.lua.lua_geti(this.thread, index, BigInt(key));
  }

  /** Takes the top value and puts it at t[key] of the table at `index`, metamethods and all. */
  setElement(index: number, key: number): void {
    this.instance.lua.lua_seti(this.thread, index, BigInt(key));
  }

  /** The length of the value at `index` as `#` gives it. */
  length(index: number): number {
    return Number(this.instance.lua.luaL_len(this.thread, index));
  }

  /** The bytes of a string or a userdata, or the border of a table; 0 for other types. */
  rawLength(index: number): number {
    return Number(this.instance.lua.lua_rawlen(this.thread, index));
  }

  /** Makes room for so many more values. False: there is none. */
  reserve(count: number): boolean {
    return this.instance.lua.lua_checkstack(this.thread, count) !== 0;
  }

  /** Swaps the two top values. */
  swap(): void {
    this.instance.lua.lua_rotate(this.thread, -2, 1);
  }

  /** Pushes a kept value. */
  pushKept(reference: bigint): void {
    this.instance.lua.lua_rawgeti(this.thread, REGISTRY, reference);
  }

  /** The identity of a table or function. */
  identity(index: number): number {
    return this.instance.lua.lua_topointer(this.thread, index);
  }
}
