import { luaType, REGISTRY } from '../host/api.ts';
import type { LuaInstance } from '../host/instance.ts';
import { LuaValues, type ValueOwner } from './stack-values.ts';

/** A function that Lua can call: takes its arguments from the stack, leaves results there and says how many. */
export type Command = (stack: LuaStack) => number;

/** What a stack asks of its state. */
export type StackOwner = ValueOwner & { numberOf(command: Command): number };

/** The stack of the running Lua thread, as a command sees it: values, and what Lua does with them. */
export class LuaStack extends LuaValues {
  readonly #commands: StackOwner;

  constructor(instance: LuaInstance, owner: StackOwner) {
    super(instance, owner);
    this.#commands = owner;
  }

  pushTable(): void {
    this.instance.lua.lua_createtable(this.thread, 0, 0);
  }

  /** Replaces so many values on top of the stack by a function that calls `command`, with them as its upvalues. */
  pushClosure(command: Command, upvalues: number): void {
    const { lua } = this.instance;
    lua.lua_pushinteger(this.thread, BigInt(this.#commands.numberOf(command)));
    if (upvalues > 0) lua.lua_rotate(this.thread, -upvalues - 1, 1);
    lua.lua_pushcclosure(this.thread, this.instance.command, upvalues + 1);
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

  /** Calls the function below so many arguments; results take their place. An error goes on to the script. */
  call(argumentCount: number, resultCount: number): void {
    this.instance.lua.lua_callk(this.thread, argumentCount, resultCount, 0, 0);
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

  /** Replaces the key on top by the next one of the table at `index` and its value; false: by nothing. */
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

  /** What `#` says of the value at `index`. */
  length(index: number): number {
    return Number(this.instance.lua.luaL_len(this.thread, index));
  }

  /** Bytes of a string, and elements of a table as its border says; 0 for most else. */
  rawLength(index: number): number {
    return Number(this.instance.lua.lua_rawlen(this.thread, index));
  }

  /** Makes room for so many more values. False: Lua has none. */
  reserve(count: number): boolean {
    return this.instance.lua.lua_checkstack(this.thread, count) !== 0;
  }

  /** Changes places of the two top values. */
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
