import { luaType } from '../host/api.ts';
import { CommandError } from '../host/errors.ts';
import type { LuaInstance } from '../host/instance.ts';

/** What the values of a state ask of it. */
export type ValueOwner = {
  readonly memoryLimit: number;
  readonly memoryUsed: number;
  charge(instructions: number): void;
};

/** A string of Lua where it lies in memory: valid as long as it is on the stack, and until memory grows. */
export type StringView = { readonly at: number; readonly length: number };

const bytesPerInstruction = 16;

/**
 * Values on the stack of the running Lua thread: a command's arguments from 1, then what it puts there. Strings are
 * bytes; as JavaScript strings they have one character for each byte. What does not fit its type becomes Lua's own
 * argument error.
 */
export class LuaValues {
  readonly instance: LuaInstance;
  thread = 0;
  readonly #owner: ValueOwner;

  constructor(instance: LuaInstance, owner: ValueOwner) {
    this.instance = instance;
    this.#owner = owner;
  }

  get count(): number {
    return this.instance.lua.lua_gettop(this.thread);
  }

  /** Takes instructions from the event's budget. @throws Overrun */
  charge(instructions: number): void {
    this.#owner.charge(instructions);
  }

  /** The same for bytes that are copied or compared. */
  chargeBytes(count: number): void {
    this.#owner.charge(count / bytesPerInstruction);
  }

  /** Bytes that the state has in use. */
  get memoryUsed(): number {
    return this.#owner.memoryUsed;
  }

  /** @throws CommandError when no string of that many bytes may be made. */
  checkSize(bytes: number): void {
    if (bytes > this.#owner.memoryLimit) throw new CommandError('resulting string too large');
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

  /** An integer of Lua has 64 bits; what JavaScript can't hold exactly is an argument error. */
  integer(index: number): number {
    const value = this.wideInteger(index);
    const integer = Number(value);
    if (!Number.isSafeInteger(integer)) this.argumentError(index, 'number out of range');
    return integer;
  }

  wideInteger(index: number): bigint {
    return this.instance.lua.luaL_checkinteger(this.thread, index);
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
    this.chargeBytes(length);
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
    this.chargeBytes(value.length);
    this.#withBlock(value.length, (at) => {
      instance.bytes.set(value, at);
      instance.lua.lua_pushlstring(this.thread, at, value.length);
    });
  }

  /** @param value characters up to U+00FF, each of them one byte. */
  pushText(value: string): void {
    const { instance } = this;
    this.chargeBytes(value.length);
    this.#withBlock(value.length, (at) => {
      const { bytes } = instance;
      for (let index = 0; index < value.length; index++) bytes[at + index] = value.charCodeAt(index);
      instance.lua.lua_pushlstring(this.thread, at, value.length);
    });
  }

  /** Pushes a part of what lies in Lua's memory already. */
  pushSlice(at: number, length: number): void {
    this.chargeBytes(length);
    this.instance.lua.lua_pushlstring(this.thread, at, length);
  }

  pushCopy(index: number): void {
    this.instance.lua.lua_pushvalue(this.thread, index);
  }

  drop(count: number): void {
    this.instance.lua.lua_settop(this.thread, -count - 1);
  }

  /** Sets the number of values; missing ones are nil. */
  setCount(count: number): void {
    this.instance.lua.lua_settop(this.thread, count);
  }

  /** What an error object says, without asking its metamethods. Does not change the stack. */
  errorText(index: number): string {
    const type = this.type(index);
    if (type !== luaType.string && type !== luaType.number)
      return `(error object is a ${this.typeName(index)} value)`;
    const at = this.instance.lua.lua_tolstring(this.thread, index, this.instance.lengthAt);
    return this.#decode(at, this.instance.word(this.instance.lengthAt));
  }

  /** Raises an error, at the caller's line if it is to have a place. Never returns. */
  raise(message: string, hasPlace = true): number {
    const { lua } = this.instance;
    if (hasPlace) lua.luaL_where(this.thread, 1);
    this.pushText(message);
    if (hasPlace) lua.lua_concat(this.thread, 2);
    return lua.lua_error(this.thread);
  }

  /** Raises Lua's "bad argument". Never returns. `message`: ASCII. */
  argumentError(index: number, message: string): number {
    return this.instance.lua.luaL_argerror(this.thread, index, this.instance.shortLived(message));
  }

  /** The place in the script that called the running command, or runs now at level 0: `name:line: `, or ''. */
  where(level: number): string {
    this.instance.lua.luaL_where(this.thread, level);
    const place = this.errorText(-1);
    this.drop(1);
    return place;
  }

  /** The bytes of a number or string on the stack as Lua prints them, or null for anything else. */
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
    this.chargeBytes(length);
    return this.#decode(at, length);
  }

  #decode(at: number, length: number): string {
    return Buffer.from(this.instance.bytes.buffer, at, length).toString('latin1');
  }

  /** The scratch block when the bytes fit, else one for this call. */
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
}
