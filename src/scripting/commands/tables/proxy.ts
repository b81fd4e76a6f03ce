import { luaType } from '../../../lua/host/api.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import { restore, serialise } from '../../../lua/values/serialise.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { longestName, longestValue, mostTableEntries } from '../../shared/layout.ts';
import { answer, answerInteger, type CommandEntry, type CommandTable } from '../command.ts';
import type { ScriptContext } from '../context.ts';
import { allOccasions } from '../occasion.ts';

const mostMemory = 4_294_967_296;
const defaultDumpedEntries = 1000;

function anywhere(run: CommandEntry['run']): CommandEntry {
  return { on: allOccasions, run };
}

/** The key at `index`: a string of at most 255 bytes, or an integer. */
function keyAt(stack: LuaStack, index: number): Uint8Array {
  if (stack.type(index) === luaType.number) {
    if (!stack.isInteger(index)) throw new LuaError('a key is a string or an integer');
  } else if (stack.view(index).length > longestName) {
    throw new LuaError(`a key of more than ${longestName} bytes`);
  }
  return serialise(stack, index, longestValue);
}

/** FortiADC takes strings, integers and tables. Levee takes all values that can be serialised. */
function valueAt(stack: LuaStack, index: number): Uint8Array {
  if (stack.isAbsent(index)) throw new LuaError('a value is a string, an integer or a table');
  return serialise(stack, index, longestValue);
}

function answerCounter(stack: LuaStack, value: number | null): number {
  return value === null ? answer(stack, false) : answerInteger(stack, value);
}

function adjust(stack: LuaStack, { counters }: ScriptContext, amount: number): number {
  return answerCounter(stack, counters.adjust(stack.text(2), amount));
}

/** The amount at `index`, which must not be negative. */
function amountAt(stack: LuaStack, index: number): number {
  const amount = stack.integer(index);
  if (amount < 0) throw new LuaError('an atomic counter takes no negative number');
  return amount;
}

/** FortiADC Script Reference Guide 7.4.2 to 8.0.0, "PROXY commands". */
export const proxy: CommandTable = {
  shared_table_create: anywhere((stack, { tables }) => {
    const entries = stack.integerOr(3, mostTableEntries);
    const memory = stack.integerOr(4, mostMemory);
    const isAllowed = entries >= 1 && entries <= mostTableEntries && memory >= 0;
    return answer(stack, isAllowed && tables.create(stack.text(2), entries, memory));
  }),
  shared_table_destroy: anywhere((stack, { tables }) => answer(stack, tables.destroy(stack.text(2)))),
  shared_table_entry_count: anywhere((stack, { tables }) =>
    answerInteger(stack, tables.entryCount(stack.text(2))),
  ),
  shared_table_memory_size: anywhere((stack, { tables }) =>
    answerInteger(stack, tables.memorySize(stack.text(2))),
  ),
  shared_table_insert: anywhere((stack, { tables }) => {
    const entry = { key: keyAt(stack, 3), value: valueAt(stack, 4) };
    return answer(stack, tables.insert(stack.text(2), entry));
  }),
  shared_table_lookup: anywhere((stack, { tables }) => {
    const value = tables.lookup(stack.text(2), keyAt(stack, 3));
    if (value === null) return answer(stack, false);
    restore(stack, value);
    return 1;
  }),
  shared_table_delete: anywhere((stack, { tables }) =>
    answer(stack, tables.delete(stack.text(2), keyAt(stack, 3))),
  ),
  shared_table_dump: anywhere((stack, { tables }) => dump(stack, tables)),
  atomic_counter_create: anywhere((stack, { counters }) => answer(stack, counters.create(stack.text(2)))),
  atomic_counter_destroy: anywhere((stack, { counters }) => answer(stack, counters.destroy(stack.text(2)))),
  atomic_counter_get: anywhere((stack, { counters }) => answerCounter(stack, counters.get(stack.text(2)))),
  atomic_counter_set: anywhere((stack, { counters }) =>
    answerCounter(stack, counters.set(stack.text(2), amountAt(stack, 3))),
  ),
  atomic_counter_add: anywhere((stack, context) => adjust(stack, context, amountAt(stack, 3))),
  atomic_counter_sub: anywhere((stack, context) => adjust(stack, context, -amountAt(stack, 3))),
  atomic_counter_inc: anywhere((stack, context) => adjust(stack, context, 1)),
};

/** Pushes a table from keys to values, both as strings; nil when the range is empty or out of bounds. */
function dump(stack: LuaStack, tables: ScriptContext['tables']): number {
  const name = stack.text(2);
  const count = tables.entryCount(name);
  const from = stack.integerOr(3, 1);
  const most = stack.integerOr(4, Math.min(defaultDumpedEntries, count));
  if (count < 1 || from < 1 || from > count || most < 1 || most > count) {
    stack.pushNil();
    return 1;
  }
  stack.meter.chargeBytes(tables.memorySize(name));
  stack.pushTable();
  const table = stack.count;
  for (const { key, value } of tables.entries(name, from - 1, most)) {
    restore(stack, key);
    stack.toText();
    restore(stack, value);
    stack.toText();
    stack.setEntry(table);
  }
  return 1;
}
