import { ALL_RESULTS, luaType } from '../../src/lua/host/api.ts';
import { LuaInstance } from '../../src/lua/host/instance.ts';
import { LuaState } from '../../src/lua/host/state.ts';
import { openLibraries } from '../../src/lua/library/open-libraries.ts';

const ample = { instructions: 10_000_000, milliseconds: 60_000 };
const megabyte = 1024 * 1024;

/** A state with the libraries of scripts. */
export function scriptState(memoryLimit = 8 * megabyte): LuaState {
  const state = new LuaState(new LuaInstance(), {
    memoryLimit: memoryLimit,
    now: () => performance.now(),
    subject: 'the event',
  });
  openLibraries(state);
  return state;
}

/** A state with Lua's own libraries, to compare with. */
export function originalState(): LuaState {
  const state = new LuaState(new LuaInstance(), {
    memoryLimit: 64 * megabyte,
    now: () => performance.now(),
    subject: 'the event',
  });
  state.prepare((stack) => {
    const { lua } = stack.instance;
    for (const [name, open] of [
      ['string', 'luaopen_string'],
      ['table', 'luaopen_table'],
      ['math', 'luaopen_math'],
      ['utf8', 'luaopen_utf8'],
    ] as const) {
      stack.pushLibrary(name, lua[open]);
      stack.drop(1);
    }
  });
  return state;
}

/**
 * Runs Lua with the strings given as `...`; the results as Lua prints them, strings in quotes, bytes as characters.
 * A failure is one string with its kind.
 */
export function run(state: LuaState, code: string, values: readonly string[] = [], budget = ample): string[] {
  const { stack } = state;
  const failed = state.load(Buffer.from(code), 't');
  if (failed !== null) return [`${failed.kind}: ${failed.message}`];
  state.prepare(() => {
    for (const value of values) stack.pushText(value);
  });
  const before = stack.count - values.length - 1;
  const failure = state.callTop(values.length, ALL_RESULTS, budget);
  if (failure !== null) return [`${failure.kind}: ${failure.message}`];
  const results = state.prepare(() =>
    Array.from({ length: stack.count - before }, (_, index) => printed(state, before + 1 + index)),
  );
  stack.setCount(before);
  return results;
}

function printed({ stack }: LuaState, index: number): string {
  const type = stack.type(index);
  if (type === luaType.string) return `'${stack.text(index)}'`;
  if (type === luaType.number) return stack.errorText(index);
  if (type === luaType.boolean) return String(stack.boolean(index));
  return stack.typeName(index);
}
