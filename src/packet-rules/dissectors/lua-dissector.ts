import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { ProtectedCalls } from '../rules/protected-calls.ts';
import type { Dissector, DissectorData } from './dissector.ts';
import { type DataReader, pushData, pushKeptField } from './lua-data.ts';

/** A dissector that rules have written: a table of Lua with a function `dissect`. */
export class LuaDissector implements Dissector {
  readonly name: string;
  readonly hooks: readonly string[];
  readonly #table: bigint;
  readonly #calls: ProtectedCalls;
  readonly #objects: HostObjects;
  readonly #reader: DataReader;

  constructor(
    name: string,
    hooks: readonly string[],
    table: bigint,
    calls: ProtectedCalls,
    objects: HostObjects,
    reader: DataReader,
  ) {
    this.name = name;
    this.hooks = hooks;
    this.#table = table;
    this.#calls = calls;
    this.#objects = objects;
    this.#reader = reader;
  }

  dissect(below: DissectorData): DissectorData | undefined {
    return this.#calls.call((stack) => {
      stack.pushClosure(this.#reader.dissect, 0);
      pushKeptField(stack, this.#table, 'dissect');
      pushData(stack, this.#objects, below);
      return 2;
    }, this.#reader.read);
  }
}
