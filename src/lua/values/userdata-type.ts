import { luaType } from '../host/api.ts';
import { BareLuaError } from '../host/errors.ts';
import { wordBytes } from '../host/instance.ts';
import type { LuaState } from '../host/state.ts';
import type { HostFunction, LuaStack } from './stack.ts';

/** A field that Lua reads, and writes if it has `set`. */
export type Field<T> = {
  /** Pushes the value. */
  readonly get: (stack: LuaStack, self: T) => void;
  /** Takes the value at index 3. */
  readonly set?: (stack: LuaStack, self: T) => void;
};

/** Takes its arguments from index 2 on. Returns the number of results. */
export type Method<T> = (stack: LuaStack, self: T) => number;

/** How Lua sees objects of the host. */
export type ObjectDefinition<T> = {
  readonly name: string;
  readonly fields?: Readonly<Record<string, Field<T>>>;
  readonly methods?: Readonly<Record<string, Method<T>>>;
  /** `#`, and what `[]` does with a number: it pushes, or takes the value at index 3. */
  readonly length?: (self: T) => number;
  readonly element?: (stack: LuaStack, self: T, index: number) => void;
  readonly setElement?: (stack: LuaStack, self: T, index: number) => void;
  /** Other operators: Lua's names of their metamethods. Arguments from index 1 on. */
  readonly operators?: Readonly<Record<string, HostFunction>>;
  readonly text?: (self: T) => string;
  /** Lua may give the object fields of its own, which stay as long as it does; others are nil then, and no errors. */
  readonly takesFields?: boolean;
};

type Member<T> = Field<T> | { readonly method: bigint };

/** A type of userdata, with its metatable and members. The first word of a userdata is the number of its type. */
export abstract class UserdataType<T> {
  readonly name: string;
  protected readonly state: LuaState;
  protected readonly number: number;
  readonly #metatable: bigint;
  readonly #takesFields: boolean;
  /** By the address of the name: equal short strings of a state have one address, and names are never collected. */
  readonly #members = new Map<number, Member<T>>();

  constructor(state: LuaState, number: number, definition: ObjectDefinition<T>) {
    this.state = state;
    this.number = number;
    this.name = definition.name;
    this.#takesFields = definition.takesFields === true;
    this.#metatable = state.prepare((stack) => {
      this.#addMembers(stack, definition);
      stack.pushTable();
      const table = stack.count;
      for (const [name, run] of Object.entries(this.#metamethods(definition))) {
        stack.pushClosure(run, 0);
        stack.setField(table, name);
      }
      for (const name of ['__metatable', '__name']) {
        stack.pushText(definition.name);
        stack.setField(table, name);
      }
      return state.keep();
    });
  }

  /** The object that the userdata at `index` stands for; anything else is an argument error. */
  abstract at(stack: LuaStack, index: number): T;

  /** Whether the value at `index` is of this type. */
  is(stack: LuaStack, index: number): boolean {
    if (stack.type(index) !== luaType.userdata) return false;
    const { instance } = stack;
    return instance.word(instance.lua.lua_touserdata(stack.thread, index)) === this.number;
  }

  /** Pushes a new userdata with so many bytes after its first word. Returns the address of these. */
  protected pushNew(stack: LuaStack, size: number): number {
    const { instance } = stack;
    const at = instance.lua.lua_newuserdatauv(stack.thread, wordBytes + size, this.#takesFields ? 1 : 0);
    instance.setWord(at, this.number);
    stack.pushKept(this.#metatable);
    instance.lua.lua_setmetatable(stack.thread, -2);
    return at + wordBytes;
  }

  /** The address of the bytes after the first word. */
  protected payloadOf(stack: LuaStack, index: number): number {
    const { instance } = stack;
    const at = stack.type(index) === luaType.userdata ? instance.lua.lua_touserdata(stack.thread, index) : 0;
    if (at === 0 || instance.word(at) !== this.number) stack.typeError(index, this.name);
    return at + wordBytes;
  }

  #addMembers(stack: LuaStack, { fields = {}, methods = {} }: ObjectDefinition<T>): void {
    for (const [name, field] of Object.entries(fields)) this.#members.set(this.#keepName(stack, name), field);
    for (const [name, method] of Object.entries(methods)) {
      stack.pushClosure((running) => method(running, this.at(running, 1)), 0);
      this.#members.set(this.#keepName(stack, name), { method: this.state.keep() });
    }
  }

  #keepName(stack: LuaStack, name: string): number {
    const { lua } = stack.instance;
    stack.pushText(name);
    const at = lua.lua_tolstring(stack.thread, -1, 0);
    this.state.keep();
    return at;
  }

  #metamethods(definition: ObjectDefinition<T>): Record<string, HostFunction> {
    const { length, text, operators = {} } = definition;
    return {
      __index: (stack) => this.#index(stack, definition),
      __newindex: (stack) => this.#setIndex(stack, definition),
      ...(length === undefined
        ? {}
        : {
            __len: (stack: LuaStack) => {
              stack.pushInteger(length(this.at(stack, 1)));
              return 1;
            },
          }),
      ...(text === undefined
        ? {}
        : {
            __tostring: (stack: LuaStack) => {
              stack.pushText(text(this.at(stack, 1)));
              return 1;
            },
          }),
      ...operators,
    };
  }

  #index(stack: LuaStack, { element }: ObjectDefinition<T>): number {
    const self = this.at(stack, 1);
    if (element !== undefined && stack.type(2) === luaType.number) {
      element(stack, self, stack.integer(2));
      return 1;
    }
    const member = this.#memberOf(stack);
    if (member === undefined) {
      if (!this.#takesFields) throw unknownField(stack);
      this.#pushOwnField(stack);
    } else if ('method' in member) stack.pushKept(member.method);
    else member.get(stack, self);
    return 1;
  }

  #setIndex(stack: LuaStack, { setElement }: ObjectDefinition<T>): number {
    const self = this.at(stack, 1);
    if (setElement !== undefined && stack.type(2) === luaType.number) {
      setElement(stack, self, stack.integer(2));
      return 0;
    }
    const member = this.#memberOf(stack);
    if (member === undefined) {
      if (!this.#takesFields) throw unknownField(stack);
      this.#setOwnField(stack);
      return 0;
    }
    if ('method' in member || member.set === undefined)
      throw new BareLuaError(`field '${stack.text(2)}' is read-only`);
    member.set(stack, self);
    return 0;
  }

  #memberOf(stack: LuaStack): Member<T> | undefined {
    if (stack.type(2) !== luaType.string) return undefined;
    return this.#members.get(stack.instance.lua.lua_tolstring(stack.thread, 2, 0));
  }

  /** Pushes the field at 2 that Lua has given the object at 1, or nil. */
  #pushOwnField(stack: LuaStack): void {
    if (stack.instance.lua.lua_getiuservalue(stack.thread, 1, 1) !== luaType.table) return;
    stack.pushCopy(2);
    stack.getIndexed(stack.count - 1);
  }

  #setOwnField(stack: LuaStack): void {
    const { lua } = stack.instance;
    if (stack.isAbsent(2)) throw new BareLuaError('a field needs a name');
    if (lua.lua_getiuservalue(stack.thread, 1, 1) !== luaType.table) {
      stack.drop(1);
      stack.pushTable();
      stack.pushCopy(-1);
      lua.lua_setiuservalue(stack.thread, 1, 1);
    }
    const fields = stack.count;
    stack.pushCopy(2);
    stack.pushCopy(3);
    stack.setEntry(fields);
  }
}

function unknownField(stack: LuaStack): BareLuaError {
  const isNamed = stack.type(2) === luaType.string || stack.type(2) === luaType.number;
  return new BareLuaError(`unknown field '${isNamed ? stack.printed(2) : stack.typeName(2)}'`);
}
