import { luaType } from '../../lua/host/api.ts';
import { BareLuaError } from '../../lua/host/errors.ts';
import type { LuaState } from '../../lua/host/state.ts';
import { type Functions, pushFunctions } from '../../lua/values/function-table.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import type { MessageHead } from '../../packets/http/message-head.ts';
import type { UriTables } from './uri-tables.ts';

/** Names of the three parts of a first line. */
export const firstNames = {
  request: ['method', 'uri', 'version'],
  response: ['version', 'status', 'reason'],
} as const;
export type MessageKind = keyof typeof firstNames;

/** What rules have made of a head: the parts of its first line, and its headers, by the names that they have in it. */
export type LeftHead = {
  readonly first: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  /** Names that were not in the head, in the order in which rules have set them. */
  readonly added: readonly string[];
};

/** Where a table keeps what it has split, with the text that it was split from. */
const splitField = '_split';
const splitTextField = '_split_text';
const cookiesField = '_cookies';
const deepestDump = 16;

/** Requests and responses as tables of Lua, which rules read and change, and may give fields of their own. */
export class MessageTables {
  readonly #state: LuaState;
  readonly #uris: UriTables;
  readonly #print: (text: string) => void;
  readonly #metatables: Readonly<Record<MessageKind, bigint>>;
  readonly #headers: bigint;
  /** Names that rules have added to headers whose message has not been written yet, by the address of the table. */
  readonly #added = new Map<number, string[]>();

  constructor(state: LuaState, uris: UriTables, print: (text: string) => void) {
    this.#state = state;
    this.#uris = uris;
    this.#print = print;
    const shared: Functions = {
      dump: (stack) => this.#dump(stack),
      split_cookies: (stack) => this.#splitCookies(stack),
    };
    const request = { ...shared, split_uri: (stack: LuaStack) => this.#splitUri(stack) };
    this.#metatables = { request: this.#keep(request), response: this.#keep(shared) };
    this.#headers = state.prepare((stack) => {
      pushFunctions(stack, { __index: otherCase, __newindex: (running) => this.#setHeader(running) });
      return state.keep();
    });
  }

  /** Pushes a new table for a head. `data` pushes the stream of the body. */
  push(stack: LuaStack, kind: MessageKind, head: MessageHead, data: (stack: LuaStack) => void): void {
    stack.pushTable();
    const table = stack.count;
    for (const [index, name] of firstNames[kind].entries()) {
      stack.pushText(head.first[index]?.text ?? '');
      stack.setField(table, name);
    }
    stack.pushTable();
    const headers = stack.count;
    // The last of several with one name is what rules see.
    for (const { name, value } of head.headers) {
      stack.pushText(name);
      stack.pushText(value.text);
      stack.setEntry(headers);
    }
    stack.pushKept(this.#headers);
    stack.instance.lua.lua_setmetatable(stack.thread, headers);
    this.#added.set(stack.identity(headers), []);
    stack.setField(table, 'headers');
    data(stack);
    stack.setField(table, 'data');
    stack.pushKept(this.#metatables[kind]);
    stack.instance.lua.lua_setmetatable(stack.thread, table);
  }

  /** What rules have left of the message under a reference, which is not to be changed any more. @throws BareLuaError */
  take(stack: LuaStack, table: bigint, kind: MessageKind, head: MessageHead): LeftHead {
    const before = stack.count;
    stack.pushKept(table);
    const message = stack.count;
    const first = firstNames[kind].map((name) => {
      stack.getField(message, name);
      const text = this.#textOf(stack, name);
      stack.drop(1);
      return text;
    });
    stack.getField(message, 'headers');
    if (stack.type(-1) !== luaType.table) throw new BareLuaError("'headers' must be a table");
    const left = this.#headersAt(stack, stack.count, new Set(head.headers.map(({ name }) => name)));
    stack.setCount(before);
    return { first, ...left };
  }

  #headersAt(stack: LuaStack, table: number, known: ReadonlySet<string>): Omit<LeftHead, 'first'> {
    const headers = new Map<string, string>();
    const set = this.#added.get(stack.identity(table)) ?? [];
    this.#added.delete(stack.identity(table));
    stack.pushNil();
    while (stack.next(table)) {
      const name = stack.printed(-2);
      // False stands for none, as nil does.
      if (name !== null && stack.boolean(-1)) headers.set(name, this.#textOf(stack, name));
      stack.drop(1);
    }
    const isNew = (name: string): boolean => !known.has(name) && headers.has(name);
    return { headers, added: [...new Set([...set, ...headers.keys()])].filter(isNew) };
  }

  /** The text of the value on top of the stack. */
  #textOf(stack: LuaStack, name: string): string {
    const text = stack.printed(-1);
    if (text === null) throw new BareLuaError(`'${name}' can't be a ${stack.typeName(-1)}`);
    return text;
  }

  #keep(methods: Functions): bigint {
    return this.#state.prepare((stack) => {
      stack.pushTable();
      const table = stack.count;
      pushFunctions(stack, methods);
      stack.setField(table, '__index');
      return this.#state.keep();
    });
  }

  /** A header that is there in another case is set; a new one is remembered, as tables have no order. */
  #setHeader(stack: LuaStack): number {
    stack.setCount(3);
    const name = stack.printed(2);
    const known = name === null ? undefined : keyLike(stack, name);
    if (known !== undefined) stack.pushText(known);
    else {
      if (name !== null && !stack.isAbsent(3)) this.#added.get(stack.identity(1))?.push(name);
      stack.pushCopy(2);
    }
    stack.pushCopy(3);
    stack.setEntry(1);
    return 0;
  }

  #splitUri(stack: LuaStack): number {
    stack.setCount(1);
    stack.getField(1, 'uri');
    const uri = this.#textOf(stack, 'uri');
    stack.getField(1, splitTextField);
    const isKnown = stack.printed(-1) === uri;
    stack.getField(1, splitField);
    if (isKnown && !stack.isAbsent(-1)) return 1;
    this.#uris.pushUri(stack, uri);
    stack.pushCopy(-1);
    stack.setField(1, splitField);
    stack.pushText(uri);
    stack.setField(1, splitTextField);
    return 1;
  }

  #splitCookies(stack: LuaStack): number {
    stack.setCount(1);
    stack.getField(1, cookiesField);
    if (!stack.isAbsent(-1)) return 1;
    stack.getField(1, 'headers');
    const headers = stack.count;
    stack.pushText('Cookie');
    if (stack.type(headers) === luaType.table) stack.getIndexed(headers);
    this.#uris.pushCookies(stack, stack.type(headers) === luaType.table ? (stack.printed(-1) ?? '') : '');
    stack.pushCopy(-1);
    stack.setField(1, cookiesField);
    return 1;
  }

  /** Prints the fields in order, those of tables below their names. */
  #dump(stack: LuaStack): number {
    stack.expectType(1, luaType.table);
    this.#dumpAt(stack, 1, '', 0);
    return 0;
  }

  #dumpAt(stack: LuaStack, table: number, indent: string, depth: number): void {
    if (depth === deepestDump || !stack.reserve(8)) return;
    const names: string[] = [];
    stack.pushNil();
    while (stack.next(table)) {
      stack.meter.charge(1);
      const name = stack.type(-2) === luaType.string ? stack.text(-2) : undefined;
      if (name !== undefined && !name.startsWith('_')) names.push(name);
      stack.drop(1);
    }
    for (const name of names.sort()) {
      stack.getField(table, name);
      const value = stack.count;
      if (stack.type(value) === luaType.table) {
        this.#print(`${indent} ${name}`);
        this.#dumpAt(stack, value, `${indent}  `, depth + 1);
      } else if (stack.printed(value) !== null || stack.type(value) === luaType.boolean) {
        this.#print(`${indent} ${name} = ${stack.tostring(value)}`);
      }
      stack.drop(1);
    }
  }
}

/** The name in the table at 1 that differs from this one in case alone, if at all. */
function keyLike(stack: LuaStack, name: string): string | undefined {
  const wanted = name.toLowerCase();
  let found: string | undefined;
  stack.pushNil();
  while (stack.next(1)) {
    stack.meter.charge(1);
    const known = stack.type(-2) === luaType.string ? stack.text(-2) : '';
    if (known.toLowerCase() === wanted) found = known;
    stack.drop(1);
  }
  return found;
}

/** Names of headers have no case. */
const otherCase: HostFunction = (stack) => {
  stack.setCount(2);
  const known = stack.type(2) === luaType.string ? keyLike(stack, stack.text(2)) : undefined;
  if (known === undefined) stack.pushNil();
  else stack.getField(1, known);
  return 1;
};
