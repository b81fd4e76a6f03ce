import { luaType } from '../../lua/host/api.ts';
import type { LuaState } from '../../lua/host/state.ts';
import { type Functions, pushFunctions } from '../../lua/values/function-table.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import {
  type Arguments,
  argumentsOf,
  decodeSafely,
  joinArguments,
  joinUri,
  normalizeParts,
  partNames,
  splitCookies,
  splitUri,
  type UriParts,
} from './uri.ts';

/** Sets the metatable that is on top of the stack for the table below it. */
function setMetatable(stack: LuaStack): void {
  stack.instance.lua.lua_setmetatable(stack.thread, -2);
}

function keepMetatable(state: LuaState, fields: Functions, methods: Functions): bigint {
  return state.prepare((stack) => {
    const table = pushFunctions(stack, fields);
    pushFunctions(stack, methods);
    stack.setField(table, '__index');
    return state.keep();
  });
}

function textField(stack: LuaStack, table: number, name: string): string | undefined {
  stack.getField(table, name);
  const value = stack.isAbsent(-1) ? undefined : (stack.printed(-1) ?? undefined);
  stack.drop(1);
  return value;
}

function setText(stack: LuaStack, table: number, name: string, value: string | undefined): void {
  if (value === undefined) stack.pushNil();
  else stack.pushText(value);
  stack.setField(table, name);
}

/** The texts in the table on top of the stack, by their keys; what is no text has none. */
function entriesOf(stack: LuaStack): Map<string, string | undefined> {
  const table = stack.count;
  const entries = new Map<string, string | undefined>();
  stack.pushNil();
  while (stack.next(table)) {
    const key = stack.printed(-2);
    if (key !== null) entries.set(key, stack.printed(-1) ?? undefined);
    stack.drop(1);
  }
  return entries;
}

function partsAt(stack: LuaStack, table: number): UriParts {
  const parts: UriParts = {};
  for (const name of partNames) {
    const value = textField(stack, table, name);
    if (value !== undefined) parts[name] = value;
  }
  return parts;
}

function setArguments(stack: LuaStack, table: number, given: Arguments): void {
  stack.pushTable();
  const list = stack.count;
  for (const [name, value] of given) {
    stack.pushText(name);
    if (value === undefined) stack.pushBoolean(true);
    else stack.pushText(value);
    stack.setEntry(list);
  }
  stack.setField(table, 'args');
}

/** Arguments as rules have left them: in the order of the query, and then what is new. */
function argumentsAt(stack: LuaStack, table: number): Arguments {
  const query = textField(stack, table, 'query') ?? '';
  stack.getField(table, 'args');
  if (stack.type(-1) !== luaType.table) {
    stack.drop(1);
    return argumentsOf(query);
  }
  const left = entriesOf(stack);
  stack.drop(1);
  const ordered = [...argumentsOf(query).keys()].filter((name) => left.has(name));
  return new Map([...ordered, ...left.keys()].map((name) => [name, left.get(name)]));
}

/** The objects that splitting a URI and cookies gives: tables with methods. */
export class UriTables {
  readonly #uri: bigint;
  readonly #cookies: bigint;

  constructor(state: LuaState) {
    const toText: HostFunction = (stack) => {
      stack.pushText(joinUri(partsAt(stack, 1), joinArguments(argumentsAt(stack, 1))));
      return 1;
    };
    const normalize: HostFunction = (stack) => {
      stack.expectType(1, luaType.table);
      stack.setCount(1);
      this.#normalize(stack);
      stack.setCount(1);
      return 1;
    };
    this.#uri = keepMetatable(state, { __tostring: toText }, { normalize });
    const joined: HostFunction = (stack) => {
      stack.setCount(1);
      const cookies = [...entriesOf(stack)].map(([name, value]) => `${name}=${value ?? ''}`);
      stack.pushText(cookies.sort().join(';'));
      return 1;
    };
    this.#cookies = keepMetatable(state, { __tostring: joined }, {});
  }

  /** The tables `uri` and `cookies` of the module. */
  functions(): { readonly uri: Functions; readonly cookies: Functions } {
    return {
      uri: {
        split: (stack) => {
          this.pushUri(stack, stack.text(1));
          return 1;
        },
        normalize: (stack) => {
          this.pushUri(stack, stack.text(1));
          this.#normalize(stack);
          stack.pushText(stack.tostring(stack.count));
          return 1;
        },
      },
      cookies: {
        split: (stack) => {
          this.pushCookies(stack, stack.textOr(1, ''));
          return 1;
        },
      },
    };
  }

  pushUri(stack: LuaStack, uri: string): void {
    stack.meter.chargeBytes(8 * uri.length);
    const parts = splitUri(uri);
    stack.pushTable();
    const table = stack.count;
    for (const name of partNames) if (parts[name] !== undefined) setText(stack, table, name, parts[name]);
    if (parts.query !== undefined) setArguments(stack, table, argumentsOf(parts.query));
    stack.pushKept(this.#uri);
    setMetatable(stack);
  }

  pushCookies(stack: LuaStack, text: string): void {
    stack.meter.chargeBytes(8 * text.length);
    stack.pushTable();
    const table = stack.count;
    for (const [name, value] of splitCookies(text)) setText(stack, table, name, value);
    stack.pushKept(this.#cookies);
    setMetatable(stack);
  }

  /** Normalizes the URI in the table on top of the stack. */
  #normalize(stack: LuaStack): void {
    const table = stack.count;
    const parts = normalizeParts(partsAt(stack, table));
    const given = argumentsAt(stack, table);
    for (const name of partNames) setText(stack, table, name, parts[name]);
    if (parts.query === undefined) return;
    const decoded = [...given].map(
      ([name, value]) => [name, value === undefined ? undefined : decodeSafely(value)] as const,
    );
    setArguments(stack, table, new Map(decoded));
  }
}
