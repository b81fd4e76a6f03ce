import { luaType } from '../../../lua/host/api.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { GlobalTable } from './global.ts';

const instructionsPerElement = 4;
const stepsPerInstruction = 16;

type Comparison = (text: string, pattern: string) => boolean;

const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['starts_with', (text, pattern) => text.startsWith(pattern)],
  ['ends_with', (text, pattern) => text.endsWith(pattern)],
  // A note in the guides spells it like this.
  ['end_with', (text, pattern) => text.endsWith(pattern)],
  ['contains', (text, pattern) => text.includes(pattern)],
  ['equals', (text, pattern) => text === pattern],
]);

function comparisonAt(stack: LuaStack, index: number): Comparison {
  const name = stack.text(index);
  const comparison = comparisons.get(name);
  if (comparison === undefined) {
    throw new LuaError(`unknown operation '${name}'; there are starts_with, ends_with, contains, equals`);
  }
  return comparison;
}

/** Pushes whether any element fits, how many do, and a table of those by their index. */
function matches(stack: LuaStack, list: number, fits: (element: string) => boolean, length: number): number {
  stack.expectType(list, luaType.table);
  stack.pushTable();
  const found = stack.count;
  let count = 0;
  stack.pushNil();
  while (stack.next(list)) {
    // The most that a search for one string in another can take.
    stack.meter.charge(instructionsPerElement + (length * stack.rawLength(-1)) / stepsPerInstruction);
    const element = stack.type(-1) === luaType.string ? stack.text(-1) : null;
    if (element !== null && fits(element)) {
      count++;
      stack.pushCopy(-2);
      stack.pushCopy(-2);
      stack.setEntry(found);
    }
    stack.drop(1);
  }
  stack.pushBoolean(count > 0);
  stack.pushInteger(count);
  stack.pushCopy(found);
  return 3;
}

/** FortiADC Script Reference Guide 8.0.0, "class_match" and "class_search". Elements that are not strings never fit. */
export const lists: GlobalTable = {
  class_match: (stack) => {
    const text = stack.text(1);
    const compare = comparisonAt(stack, 2);
    return matches(stack, 3, (element) => compare(text, element), text.length);
  },
  class_search: (stack) => {
    const text = stack.text(3);
    const compare = comparisonAt(stack, 2);
    return matches(stack, 1, (element) => compare(element, text), text.length);
  },
};
