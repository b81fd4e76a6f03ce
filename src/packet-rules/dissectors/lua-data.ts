import { luaType } from '../../lua/host/api.ts';
import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import { RuleError } from '../rules/errors.ts';
import type { ProtectedCalls } from '../rules/protected-calls.ts';
import type { DissectorData } from './dissector.ts';

/** The data of a dissector that rules have written: a table of Lua with the fields and methods of dissector data. */
export class LuaData implements DissectorData {
  readonly isSilent = false;
  readonly #table: bigint;
  readonly #calls: ProtectedCalls;
  readonly #reader: DataReader;

  /** @param table a reference */
  constructor(table: bigint, calls: ProtectedCalls, reader: DataReader) {
    this.#table = table;
    this.#calls = calls;
    this.#reader = reader;
  }

  get dissector(): string {
    return this.#name('dissector') ?? '';
  }

  get next(): string | undefined {
    return this.#name('next_dissector');
  }

  isValid(): boolean {
    return this.#call('valid', (stack) => stack.boolean(-1));
  }

  drop(): void {
    this.#call('drop', () => undefined);
  }

  forge(): DissectorData | undefined {
    return this.#call('forge', this.#reader.read, this.#reader.forge);
  }

  push(stack: LuaStack): void {
    stack.pushKept(this.#table);
  }

  release(): void {
    this.#calls.state.release(this.#table);
  }

  /** Reads a field in a call of Lua, so that metatables count. */
  #name(field: string): string | undefined {
    return this.#calls.call(
      (stack) => {
        stack.pushClosure(readField, 0);
        stack.pushKept(this.#table);
        stack.pushText(field);
        return 2;
      },
      (stack) => stack.printed(-1) ?? undefined,
    );
  }

  #call<T>(name: string, take: (stack: LuaStack) => T, run: HostFunction = callMethod): T {
    return this.#calls.call((stack) => {
      stack.pushClosure(run, 0);
      stack.pushKept(this.#table);
      stack.pushText(name);
      return 2;
    }, take);
  }
}

function readField(stack: LuaStack): number {
  stack.getIndexed(1);
  return 1;
}

function callMethod(stack: LuaStack): number {
  stack.getIndexed(1);
  stack.pushCopy(1);
  stack.call(1, 1);
  return 1;
}

/** Pushes a field of the table that a reference leads to. Metatables do not count. */
export function pushKeptField(stack: LuaStack, table: bigint, name: string): void {
  stack.pushKept(table);
  stack.getField(stack.count, name);
  stack.swap();
  stack.drop(1);
}

/** Pushes the data of any dissector. */
export function pushData(stack: LuaStack, objects: HostObjects, data: DissectorData): void {
  if (data.push !== undefined) data.push(stack);
  else objects.push(stack, data);
}

/** Most tables of one packet: more come from dissectors that never end. */
const mostMade = 4096;

/** Reads the dissector data that a function of rules returns: a table, an object of ours, or nil. */
export class DataReader {
  readonly #calls: ProtectedCalls;
  readonly #objectAt: (stack: LuaStack, index: number) => DissectorData;
  #made: LuaData[] = [];

  constructor(calls: ProtectedCalls, objectAt: (stack: LuaStack, index: number) => DissectorData) {
    this.#calls = calls;
    this.#objectAt = objectAt;
  }

  /** Calls the function at index 1 with the data at 2. */
  readonly dissect: HostFunction = (stack) => {
    stack.call(1, 1);
    return this.#checked(stack);
  };

  /** Calls a method of the table at index 1. */
  readonly forge: HostFunction = (stack) => {
    callMethod(stack);
    return this.#checked(stack);
  };

  /** The data on top of the stack, as `dissect` and `forge` leave them. */
  readonly read = (stack: LuaStack): DissectorData | undefined => {
    switch (stack.type(-1)) {
      case luaType.nil:
        return undefined;
      case luaType.table: {
        if (this.#made.length === mostMade)
          throw new RuleError('dissectors have made too much of one packet');
        const data = new LuaData(this.#calls.state.keepCopy(), this.#calls, this);
        this.#made.push(data);
        return data;
      }
      case luaType.userdata:
        return this.#objectAt(stack, -1);
      default:
        throw new RuleError(`a dissector has given a ${stack.typeName(-1)} for a packet`);
    }
  };

  /** Checks the object while Lua runs, so that a wrong one, or one that is gone, is an error in the rules. */
  #checked(stack: LuaStack): number {
    if (stack.type(-1) === luaType.userdata) this.#objectAt(stack, stack.count);
    return 1;
  }

  /** Releases the tables of a packet. */
  releaseAll(): void {
    if (this.#made.length === 0) return;
    for (const data of this.#made) data.release();
    this.#made = [];
  }
}
